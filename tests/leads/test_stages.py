"""The settings of the pipeline: stages added, changed, ordered, retired with their leads moved on, brought back."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.permissions import Actor
from app.extensions import db
from app.followups.models import FollowUp, Sequence
from app.leads.models import Lead, Stage, StageChange
from app.leads.queries.stages import leads_in_stages
from app.leads.services import move_to_stage, stage_by_key
from app.leads.services.shelving import archive
from app.notifications.models import Notification
from tests.support.client import Client
from tests.support.world import World

URL = "/w/wells/settings/stages"
VISIT = {"name": "Site visit", "description": "Somebody goes and looks", "colour": "teal", "follow_up_days": "4"}


def test_a_stage_is_added_at_the_end_of_its_kind(alice: Client) -> None:
    answer = alice.post(URL, data=VISIT)
    assert answer.status_code == 303
    page = alice.get(URL).text
    assert "Site visit" in page and "Follow up after 4 days" in page
    order = names()
    assert order.index("Site visit") == order.index("Ready for Squeegee") + 1 < order.index("Declined")
    assert "Site visit" in alice.get("/w/wells/leads/board").text


def test_a_lead_that_enters_it_gets_its_follow_up(alice: Client, make_lead: Any) -> None:
    alice.post(URL, data=VISIT)
    lead = make_lead()
    move_to_stage(lead.id, stage_by_key("site_visit").id, actor_of(alice))
    planned = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")).all()
    assert [(each.kind, each.title) for each in planned if each.stage_change_id] == [("task", "Follow up")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "contacted"}, "There is a stage of this name already."),
        ({"name": "x" * 41}, "Keep the name under 40 characters."),
        ({"colour": "beige"}, "Choose a colour."),
        ({"follow_up_days": "soon"}, "Enter a whole number of days"),
        ({"follow_up_days": "400"}, "from 1 to 365"),
    ],
)
def test_what_can_not_be_is_said_and_what_was_typed_stays(alice: Client, typed: dict[str, str], said: str) -> None:
    answer = alice.post(URL, data={**VISIT, **typed})
    assert answer.status_code == 422
    assert said in answer.text and "Somebody goes and looks" in answer.text
    assert "Site visit" not in names()


def test_the_history_keeps_the_name_of_then(alice: Client, make_lead: Any) -> None:
    lead, contacted = make_lead(), stage_by_key("contacted")
    move_to_stage(lead.id, contacted.id, actor_of(alice))
    answer = change(alice, contacted, name="Spoken to", colour="pink")
    assert answer.status_code == 303
    assert "Spoken to" in alice.get("/w/wells/leads/board").text
    page = alice.get(f"/w/wells/leads/{lead.id}/timeline").text
    assert "New lead → Contacted" in page


def test_of_two_editors_the_second_sees_both(alice: Client) -> None:
    contacted = stage_by_key("contacted")
    seen = version_shown(alice, contacted)
    assert change(alice, contacted, name="Ours").status_code == 303
    answer = change(alice, contacted, name="Mine", version=seen)
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text and "<dd>Ours</dd>" in answer.text
    assert "Mine" not in names()
    seen = version_shown(alice, contacted, answer.text)
    assert change(alice, contacted, name="Mine", version=seen).status_code == 303


def test_a_stage_tells_what_it_starts(alice: Client) -> None:
    quoted = stage_by_key("quote_sent")
    chase = db.session.scalars(select(Sequence).where(Sequence.stage_id == quoted.id)).one()
    form = alice.get(f"{URL}/{quoted.id}", hx=True).text
    assert "Chase, day 3 3 days later" in form and f"/sequences/{chase.id}" in form
    assert "4 acts planned" in alice.get(URL).text


def test_stages_are_put_in_order(alice: Client) -> None:
    ids = ids_shown(alice)
    wanted = [ids[1], ids[0], *ids[2:]]
    answer = alice.post(f"{URL}/order", data={"order": wanted}, headers={"Accept": "text/plain"})
    assert answer.status_code == 204
    assert ids_shown(alice) == wanted and names()[:2] == ["Contacted", "New lead"]
    assert alice.post(f"{URL}/order", data={"stage": ids[0], "step": "-1"}).status_code == 303
    assert ids_shown(alice) == ids
    far = {"stage": ids[0], "step": "9999999999999999999"}
    assert alice.post(f"{URL}/order", data=far, headers={"Accept": "text/plain"}).status_code in (204, 303, 409)


def test_an_order_of_other_stages_is_refused(alice: Client) -> None:
    ids = ids_shown(alice)
    alice.post(URL, data=VISIT)
    answer = alice.post(f"{URL}/order", data={"order": ids[::-1]}, headers={"Accept": "text/plain"})
    assert (answer.status_code, "changed meanwhile" in answer.text) == (409, True)


def test_an_order_is_taken_back_unless_it_is_another_by_now(alice: Client) -> None:
    before = ids_shown(alice)
    after = [before[1], before[0], *before[2:]]
    plain = {"Accept": "text/plain"}
    alice.post(f"{URL}/order", data={"order": after}, headers=plain)

    undone = alice.post(f"{URL}/order", data={"order": before, "instead_of": after}, headers=plain)
    assert undone.status_code == 204 and ids_shown(alice) == before

    alice.post(f"{URL}/order", data={"order": [*before[1:3], before[0], *before[3:]]}, headers=plain)
    late = alice.post(f"{URL}/order", data={"order": before, "instead_of": after}, headers=plain)
    assert late.status_code == 409 and "Someone else put the stages in order since" in late.text
    assert ids_shown(alice)[:2] == before[1:3]


def test_a_step_by_button_offers_its_undo(alice: Client) -> None:
    before = ids_shown(alice)
    alice.post(f"{URL}/order", data={"stage": before[1], "step": "-1"})
    page = alice.get(URL).text
    undo = re.search(r'action="([^"]+/stages/order\?[^"]+)"', page)
    assert "is moved up" in page and undo
    assert alice.post(undo[1].replace("&amp;", "&")).status_code == 303
    page = alice.get(URL).text
    assert "is back in its place" in page and "data-undo" not in page
    assert ids_shown(alice) == before


def test_final_stages_stay_behind_the_others(alice: Client) -> None:
    ids = ids_shown(alice)
    alice.post(f"{URL}/order", data={"order": ids[::-1]}, headers={"Accept": "text/plain"})
    kinds = [stage.is_final for stage in in_order()]
    assert kinds == sorted(kinds)


def test_a_retired_stage_sends_its_leads_on(alice: Client, world: World, make_lead: Any, run_outbox: Any) -> None:
    stage, target = stage_by_key("negotiating"), stage_by_key("hot_lead")
    leads = [make_lead(stage_key="negotiating") for _ in range(3)]
    archive([leads[2].id], world.alice.actor)
    planned = {each.id: each.state for each in db.session.scalars(select(FollowUp))}
    db.session.commit()

    answer = alice.post(f"{URL}/{stage.id}/retire", data={"to": str(target.id)})
    assert answer.status_code == 303
    page = alice.get(URL).text
    assert "Retiring Negotiating: 3 leads are on their way to Hot lead" in page
    assert "0 of 3 leads moved on" in page
    assert "Negotiating" not in names()
    run_outbox()

    assert {lead.stage_id for lead in db.session.scalars(select(Lead))} == {target.id}
    assert leads_in_stages().get(stage.id, 0) == 0 and leads_in_stages()[target.id] == 2
    assert {each.id: each.state for each in db.session.scalars(select(FollowUp))} == planned
    moves = db.session.scalars(select(StageChange).where(StageChange.from_stage_id == stage.id)).all()
    assert {(move.from_name, move.to_name, move.actor_id) for move in moves} == {
        ("Negotiating", "Hot lead", world.alice.user_id)
    }
    lines = db.session.scalars(select(Activity).where(Activity.event == "lead.moved_on")).all()
    assert len(lines) == 3
    told = db.session.scalars(select(Notification).where(Notification.kind == "bulk_done")).one()
    assert (told.user_id, told.data["done"]) == (world.alice.user_id, 3)
    assert "Bring back" in alice.get(URL).text


def test_the_next_stage_is_proposed_to_take_the_leads_and_for_the_last_the_one_before(alice: Client) -> None:
    works = [stage for stage in in_order() if not stage.is_final]
    at = next(n for n, stage in enumerate(works) if stage.key == "negotiating")
    assert proposed(alice, works[at]) == works[at + 1].name
    alice.post(URL, data=VISIT)
    last = [stage for stage in in_order() if not stage.is_final][-1]
    assert last.name == "Site visit" and proposed(alice, last) == works[-1].name
    empty = alice.post(f"{URL}/{last.id}/retire", data={"to": str(works[-1].id)})
    assert empty.status_code == 303 and "Site visit is retired" in alice.get(URL).text


def test_many_leads_move_on_in_few_statements(
    alice: Client, make_lead: Any, run_outbox: Any, count_sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.leads.services.retiring.BATCH", 3)
    stage = stage_by_key("negotiating")
    for _ in range(7):
        make_lead(stage_key="negotiating")
    alice.post(f"{URL}/{stage.id}/retire", data={"to": str(stage_by_key("hot_lead").id)})
    with count_sql() as statements:
        run_outbox()
    assert leads_in_stages().get(stage.id, 0) == 0
    batches = 4
    assert len(statements) <= 14 * batches


def test_no_move_goes_to_a_retired_stage(alice: Client, make_lead: Any) -> None:
    lead, stage = make_lead(), stage_by_key("negotiating")
    alice.post(f"{URL}/{stage.id}/retire")
    answer = alice.post(f"/w/wells/leads/{lead.id}/stage", data={"to": stage.id}, headers={"Accept": "text/plain"})
    assert answer.status_code == 404


def test_stages_that_leads_enter_by_themselves_stay(alice: Client) -> None:
    for key in ("new", "quote_sent", "ready_for_squeegee", "declined", "not_in_area"):
        answer = alice.post(f"{URL}/{stage_by_key(key).id}/retire", data={"to": str(stage_by_key("contacted").id)})
        assert answer.status_code == 422 and "be retired, since" in answer.text
    quote_sent = stage_by_key("quote_sent")
    assert change(alice, quote_sent, is_final="1").status_code == 422


def test_open_leads_do_not_move_on_to_a_finished_stage(alice: Client, make_lead: Any) -> None:
    make_lead(stage_key="negotiating")
    stage, lost = stage_by_key("negotiating"), stage_by_key("lost_contact")
    answer = alice.post(f"{URL}/{stage.id}/retire", data={"to": str(lost.id)})
    assert answer.status_code == 422 and "Choose the stage that its leads move on to." in answer.text


def test_a_retired_stage_comes_back_unless_its_name_is_taken(alice: Client) -> None:
    stage = stage_by_key("negotiating")
    alice.post(f"{URL}/{stage.id}/retire")
    alice.post(URL, data={**VISIT, "name": "Negotiating"})
    assert alice.post(f"{URL}/{stage.id}/bring-back").status_code == 422
    other = stage_by_key("negotiating_2")
    change(alice, other, name="Haggling")
    assert alice.post(f"{URL}/{stage.id}/bring-back").status_code == 303
    assert "Negotiating" in names()


def test_a_viewer_sees_and_changes_nothing(dave: Client) -> None:
    page = dave.get(URL)
    assert page.status_code == 200 and "<summary" not in page.text.split('class="stage-list"')[1].split("</ol>")[0]
    assert dave.post(URL, data=VISIT).status_code == 403


def test_the_page_stays_small_and_its_forms_open_without_scripts(alice: Client, count_sql: Any) -> None:
    stage = stage_by_key("negotiating")
    alice.get(URL)
    with count_sql() as statements:
        page = alice.get(URL)
    assert len(page.data) <= 60_000 and len(statements) <= 8
    opened = alice.get(f"{URL}/{stage.id}").text
    assert "<!doctype html>" in opened and opened.count('name="version"') == 1
    assert alice.get(f"{URL}/{stage.pipeline_id}").status_code == 404


def change(client: Client, stage: Stage, version: int | None = None, **typed: str) -> Any:
    stage = db.session.get_one(Stage, (stage.workspace_id, stage.id))
    stored = {"name": stage.name, "description": stage.description, "colour": "green"}
    body = {**stored, "version": version or version_shown(client, stage), **typed}
    if stage.is_final:
        body["is_final"] = "1"
    return client.post(f"{URL}/{stage.id}", data=body)


def proposed(client: Client, stage: Stage) -> str:
    """The stage that its leads would move on to."""
    found = re.search(r" selected>([^<]+)</option>", client.get(f"{URL}/{stage.id}", hx=True).text)
    assert found is not None
    return found[1]


def version_shown(client: Client, stage: Stage, page: str = "") -> int:
    found = re.search(r'name="version" value="(\d+)"', page or client.get(f"{URL}/{stage.id}", hx=True).text)
    assert found is not None
    return int(found[1])


def ids_shown(client: Client) -> list[str]:
    return re.findall(r'data-reorder-id="([0-9a-f-]+)"', client.get(URL).text)


def in_order() -> list[Stage]:
    db.session.expire_all()
    return list(db.session.scalars(select(Stage).where(Stage.retired_at.is_(None)).order_by(Stage.position)))


def names() -> list[str]:
    return [stage.name for stage in in_order()]


def actor_of(client: Client) -> Actor:
    user_id: UUID = client.user_id
    return Actor("person", user_id, "Alice Archer")
