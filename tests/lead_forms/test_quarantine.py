"""Deciding about what waits in the quarantine."""

import html
import json
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.core.clock import utcnow
from app.core.ids import new_id
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm
from app.lead_forms.services import tokens, waiting_count
from app.lead_forms.services.building import FormFacts, change_form
from tests.lead_forms.conftest import leads, submissions
from tests.support.client import Client
from tests.support.world import World

Send = Callable[..., TestResponse]


def act(client: Client, what: str, which: object, *, hx: bool = False) -> TestResponse:
    return client.post(f"/w/wells/quarantine/{which}/{what}", hx=hx)


@pytest.fixture
def waiting(send: Send) -> object:
    """The id of a sending that waits."""
    send(homepage="x", utm_source="flyer", marketing_email="1")
    return submissions()[0].id


def test_it_lists_what_waits_with_the_reason(alice: Client, waiting: object) -> None:
    page = alice.get("/w/wells/quarantine")
    assert page.status_code == 200
    assert "Hannah Cole" in page.text and "people do not see" in page.text


def test_it_is_counted_for_whoever_may_decide(world: World, waiting: object) -> None:
    with world.bob.acting() as bob:
        assert waiting_count(bob) == 1
    with world.mallory.acting() as mallory:
        assert waiting_count(mallory) == 0


def test_the_list_and_the_settings_lead_to_it(alice: Client, waiting: object) -> None:
    way = 'href="/w/wells/quarantine"'
    page = alice.get("/w/wells/leads").text
    count = re.search(r'hx-get="([^"]*leads/count[^"]*)"', page)
    assert count and way in alice.get(count[1]).text  # the list fetches its figures by itself
    assert way in alice.get("/w/wells/settings").text
    act(alice, "delete", waiting)
    assert way not in alice.get(count[1]).text


def test_released_it_is_as_much_a_strangers_as_before(
    world: World, alice: Client, send: Send, make_lead: Callable[..., Any]
) -> None:
    """Whoever lets a sending out has seen that no robot wrote it, not whose address stands in it."""
    house = {"address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}
    known = make_lead(name="Hannah Cole", email=None, phone="07700 900318", access_notes="The gate is green", **house)
    send(homepage="x", name="Mal Cole", email="mal@example.com", phone="07700 900318", access_notes="No gate", **house)
    assert act(alice, "release", submissions()[0].id).status_code == 303
    fresh = next(each for each in leads() if each.id == known.id)
    assert fresh.contact.email is None
    assert fresh.property.access_notes == "The gate is green\nNo gate"


def test_released_it_is_a_lead_like_any_other(alice: Client, waiting: object) -> None:
    response = act(alice, "release", waiting)
    assert response.status_code == 303
    (lead,) = leads()
    (kept,) = submissions()
    assert (kept.state, kept.lead_id) == ("released", lead.id)
    assert (lead.contact.name, lead.utm_source, lead.frequency) == ("Hannah Cole", "flyer", "8_weekly")
    assert (str(lead.address), lead.landing_page) == ("127.0.0.1", "https://www.example.com/windows")
    assert "form_submission.released" in db.session.scalars(select(AuditEntry.action)).all()
    assert "Hannah Cole" not in alice.get("/w/wells/quarantine").text


def test_under_htmx_the_list_comes_back_with_a_word(alice: Client, waiting: object) -> None:
    response = act(alice, "release", waiting, hx=True)
    assert response.status_code == 200
    assert "Nothing is waiting" in response.text and leads()[0].number in response.text


def test_deleted_its_words_are_gone_and_the_act_is_on_record(alice: Client, waiting: object) -> None:
    assert act(alice, "delete", waiting).status_code == 303
    (kept,) = submissions()
    assert (kept.state, kept.answers, kept.address, kept.device) == ("deleted", "{}", None, None)
    assert leads() == []
    assert "form_submission.deleted" in db.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize("what", ["release", "delete"])
def test_only_the_first_decision_counts(alice: Client, waiting: object, what: str) -> None:
    act(alice, "release", waiting)
    assert act(alice, what, waiting).status_code == 409
    assert len(leads()) == 1


def test_sales_may_decide_and_an_onlooker_and_the_crew_may_not(
    bob: Client, carol: Client, dave: Client, waiting: object
) -> None:
    for client in (carol, dave):
        assert client.get("/w/wells/quarantine").status_code == 403
        assert act(client, "release", waiting).status_code == 403
        assert act(client, "delete", waiting).status_code == 403
    assert "Hannah Cole" in bob.get("/w/wells/quarantine").text
    assert act(bob, "release", waiting).status_code == 303
    assert len(leads()) == 1


def test_other_workspaces_know_nothing_of_it(mallory: Client, waiting: object) -> None:
    assert mallory.get("/w/wells/quarantine").status_code == 404
    for what in ("release", "delete"):
        theirs = mallory.post(f"/w/rival/quarantine/{waiting}/{what}")
        nobodys = mallory.post(f"/w/rival/quarantine/{new_id()}/{what}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert submissions()[0].state == "quarantined"


def test_an_accepted_sending_is_not_in_the_quarantine(alice: Client, send: Send) -> None:
    send()
    assert act(alice, "delete", submissions()[0].id).status_code == 404


def fill(send: Send, kind: str, many: int) -> None:
    """Put sendings of one kind into the quarantine, the later the newer."""
    form_id = db.session.scalar(select(LeadForm.id))
    for number in range(many):
        db.session.add(
            FormSubmission(
                form_id=form_id, submission_key=secrets.token_bytes(16), state="quarantined", suspicion=kind,
                answers=json.dumps({"name": f"{kind} {number:03d}", "service": "other", "came_from": {}}),
                created_at=utcnow() - timedelta(minutes=many - number),
            )
        )  # fmt: skip
    db.session.commit()


def test_many_are_shown_by_pages_and_by_kind(
    alice: Client, send: Send, count_sql: Callable[..., Any], workspace: object
) -> None:
    fill(send, "too_quick", 45)
    fill(send, "links", 3)
    url, seen = "/w/wells/quarantine", set()
    for _ in range(4):
        with count_sql() as statements:
            page = alice.get(url)
        assert len(statements) <= 8 and len(page.data) < 60_000
        seen |= set(re.findall(r"(?:too_quick|links) \d{3}", page.text))
        onwards = re.search(r'rel="next" href="([^"]+)"', page.text)
        url = html.unescape(onwards[1]) if onwards else ""
    assert len(seen) == 48 and not url
    links = alice.get("/w/wells/quarantine?kind=links").text
    assert "links 002" in links and "too_quick 0" not in links
    assert re.search(r'Too quick <span class="num">45<', links)


def test_all_of_a_kind_are_deleted_by_one_click_and_later_ones_stay(
    alice: Client, send: Send, count_sql: Callable[..., Any], workspace: object
) -> None:
    fill(send, "too_quick", 30)
    fill(send, "links", 2)
    page = alice.get("/w/wells/quarantine?kind=too_quick").text
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until is not None
    send(homepage="", token=tokens.issue(db.session.scalar(select(LeadForm.id))))  # comes while the page is read
    with count_sql() as statements:
        done = alice.post("/w/wells/quarantine/delete", data={"kind": "too_quick", "until": until[1]})
    assert done.status_code == 303 and len(statements) <= 20
    db.session.expire_all()
    left = [(kept.suspicion, kept.state) for kept in submissions()]
    assert left.count(("too_quick", "deleted")) == 30
    assert left.count(("too_quick", "quarantined")) == 1
    assert left.count(("links", "quarantined")) == 2
    assert {kept.answers for kept in submissions() if kept.state == "deleted"} == {"{}"}
    assert "form_submissions.deleted" in db.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize("body", [{}, {"kind": "too_quick"}, {"kind": "x", "until": "2030-01-01T00:00:00+00:00"}])
def test_without_saying_what_nothing_is_deleted(
    alice: Client, send: Send, body: dict[str, str], workspace: object
) -> None:
    fill(send, "too_quick", 2)
    assert alice.post("/w/wells/quarantine/delete", data=body).status_code == 303
    assert {kept.state for kept in submissions()} == {"quarantined"}


def test_every_page_of_who_may_decide_counts_them(alice: Client, bob: Client, dave: Client, waiting: object) -> None:
    counted = r'quarantine"[^>]*data-hotkey="g h".*?<span class="count">1'
    for client in (alice, bob):
        assert re.search(counted, client.get("/w/wells/sidebar").text)
    assert "Held back" not in dave.get("/w/wells/sidebar").text
    act(alice, "delete", waiting)
    assert "Held back" not in bob.get("/w/wells/sidebar").text


def test_own_questions_stand_in_the_words_that_were_answered(
    alice: Client, world: World, form: LeadForm, send: Send
) -> None:
    """An answer beside other words would say what nobody has said."""
    steps = [{"title": "You", "questions": ["postcode", "service", "name", "phone", "own_0a1b2c3d"]}]
    own = {"kind": "short", "label": "Do you keep a dog?"}
    form.content = {"steps": steps, "questions": {"own_0a1b2c3d": own}}
    db.session.commit()
    send(homepage="x", own_0a1b2c3d="No, none", version="1")
    for content in ({"steps": steps, "questions": {"own_0a1b2c3d": own | {"label": "Is there a tap?"}}}, {}):
        facts = FormFacts(form.name, form.source_id, form.consent_wording, form.thank_you, content)
        change_form(form.id, facts, form.version, world.alice.actor)
        db.session.commit()
        page = alice.get("/w/wells/quarantine").text
        assert "Do you keep a dog?" in page and "No, none" in page and "Is there a tap?" not in page
