"""The settings of tags: what each is called, how it looks, and on how many leads it hangs."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.bulk_acts.models import BulkAct
from app.core.clock import utcnow
from app.core.tenancy import acting_in
from app.extensions import db
from app.leads.models import LeadTag, SavedView, Tag
from app.leads.queries.tag_list import listed_tags
from app.leads.services.tagging import MOST_TAGS, add_tag, remove_tag, tag_named
from tests.support.client import Client
from tests.support.world import World

URL = "/w/wells/settings/tags"


def test_a_tag_is_added_renamed_and_recoloured(alice: Client) -> None:
    assert alice.post(URL, data={"name": "  Hard   water ", "colour": "blue"}).status_code == 303
    assert "those in the archive and the bin too" in alice.get(URL).text  # what its count counts
    tag = the_tag("Hard water")
    assert tag.colour == "blue" and "Hard water" in alice.get(URL).text
    answer = alice.post(f"{URL}/{tag.id}", data={"name": "Lime scale", "colour": "pink", "version": tag.version})
    assert answer.status_code == 303
    assert the_tag("Lime scale").colour == "pink"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "colour": "blue"}, "Enter a name."),
        ({"name": "vip", "colour": "blue"}, "There is a tag of this name already."),
        ({"name": "x" * 41, "colour": "blue"}, "under 40 characters"),
        ({"name": "Dog; side gate", "colour": "blue"}, "one tag at a time"),
        ({"name": "Gutters", "colour": "beige"}, "Choose a colour."),
    ],
)
def test_what_can_not_be_is_said(alice: Client, world: World, typed: dict[str, str], said: str) -> None:
    made(world, "VIP")
    answer = alice.post(URL, data=typed)
    assert answer.status_code == 422 and said in answer.text
    assert f'value="{typed["name"]}"' in answer.text


def test_a_name_from_before_that_would_not_be_taken_now_keeps(alice: Client, world: World) -> None:
    tag = Tag(name="Dog, side gate", colour="red")  # made before commas were refused
    db.session.add(tag)
    db.session.commit()
    answer = alice.post(f"{URL}/{tag.id}", data={"name": tag.name, "colour": "blue", "version": tag.version})
    assert answer.status_code == 303
    assert the_tag("Dog, side gate").colour == "blue"


def test_of_two_editors_the_second_is_told(alice: Client, world: World) -> None:
    tag = made(world, "VIP")
    seen = tag.version
    alice.post(f"{URL}/{tag.id}", data={"name": "Very important", "colour": "red", "version": seen})
    answer = alice.post(f"{URL}/{tag.id}", data={"name": "Important", "colour": "red", "version": seen})
    assert answer.status_code == 409
    assert "Important" in answer.text and "stored as Very important" in answer.text
    assert alice.post(f"{URL}/{tag.id}/delete", data={"version": seen}).status_code == 409


def test_two_tags_become_one_on_every_lead(alice: Client, world: World, make_lead: Any, count_sql: Any) -> None:
    leads = [make_lead() for _ in range(3)]
    vip, important = made(world, "VIP"), made(world, "Important")
    add_tag([lead.id for lead in leads[:2]], vip, world.alice.actor)
    add_tag([lead.id for lead in leads[1:]], important, world.alice.actor)
    db.session.commit()
    assert [(tag.name, tag.leads) for tag in listed_tags()] == [("Important", 2), ("VIP", 2)]
    assert alice.post(f"{URL}/{vip.id}/merge", data={"into": str(vip.id), "version": vip.version}).status_code == 422

    with count_sql() as statements:
        answer = alice.post(f"{URL}/{vip.id}/merge", data={"into": str(important.id), "version": vip.version})

    assert answer.status_code == 303 and len(statements) <= 20
    assert [(tag.name, tag.leads) for tag in listed_tags()] == [("Important", 3)]
    assert set(db.session.scalars(select(LeadTag.tag_id))) == {important.id}


def test_a_deleted_tag_is_off_every_lead(alice: Client, world: World, make_lead: Any) -> None:
    lead, tag = make_lead(), made(world, "VIP")
    add_tag([lead.id], tag, world.alice.actor)
    db.session.commit()
    assert "1 lead<" in alice.get(URL).text
    assert "Delete the tag VIP? It comes off 1 lead" in alice.get(f"{URL}/{tag.id}", hx=True).text
    assert alice.post(f"{URL}/{tag.id}/delete", data={"version": tag.version}).status_code == 303
    assert listed_tags() == [] and db.session.scalars(select(LeadTag)).all() == []


def test_another_workspace_s_tag_is_not_there(alice: Client, world: World) -> None:
    with world.mallory.acting() as actor:
        theirs: UUID = tag_named("Theirs", actor).id
        db.session.commit()
    for act in ("", "/merge", "/delete"):
        assert alice.post(f"{URL}/{theirs}{act}", data={"name": "Ours", "colour": "red"}).status_code == 404


def test_only_who_may_changes_tags(bob: Client, dave: Client, world: World) -> None:
    made(world, "VIP")
    assert bob.get(URL).status_code == 403
    page = dave.get(URL)
    assert page.status_code == 200 and not re.search(r"<form[^>]*settings/tags", page.text)
    assert dave.post(URL, data={"name": "Mine", "colour": "red"}).status_code == 403


def test_the_page_stays_small_however_many_there_are(alice: Client, world: World, count_sql: Any) -> None:
    db.session.add_all(Tag(name=f"Tag of the windows {number:03}") for number in range(MOST_TAGS))
    db.session.commit()
    last = the_tag(f"Tag of the windows {MOST_TAGS - 1:03}")
    for path, shown in (
        (URL, "1–60 of 300"),
        (f"{URL}?page=5", "241–300 of 300"),
        (f"{URL}/{last.id}", "241–300 of 300"),
    ):
        with count_sql() as statements:
            page = alice.get(path)
        assert shown in page.text
        assert len(page.data) <= 60_000 and len(statements) <= 8
    assert alice.get(URL).text.count("page=2") and "Tag of the windows 299" not in alice.get(URL).text

    data = {"name": "Windows", "colour": "blue", "version": last.version}
    answer = alice.post(f"{URL}/{last.id}", data=data)
    assert answer.headers["Location"].endswith(f"?page=5#tag-{last.id}")


def test_the_tag_that_stays_is_named(alice: Client, world: World) -> None:
    vip, important = made(world, "VIP"), made(world, "Very important")
    refused = alice.post(f"{URL}/{vip.id}/merge", data={"into": "Importnat", "version": vip.version})
    assert refused.status_code == 422 and 'value="Importnat"' in refused.text
    assert (
        alice.post(f"{URL}/{vip.id}/merge", data={"into": " very  important", "version": vip.version}).status_code
        == 303
    )
    assert [tag.id for tag in listed_tags()] == [important.id]


def made(world: World, name: str) -> Tag:
    tag = tag_named(name, world.alice.actor)
    db.session.commit()
    return tag


def the_tag(name: str) -> Tag:
    db.session.expire_all()
    return db.session.scalars(select(Tag).where(Tag.name == name)).one()


def test_a_merge_is_taken_back(alice: Client, world: World, make_lead: Any, count_sql: Any) -> None:
    leads = [make_lead().id for _ in range(4)]
    vip, important = made(world, "VIP"), made(world, "Important")
    add_tag(leads[:3], vip, world.alice.actor)
    add_tag(leads[2:], important, world.alice.actor)
    db.session.commit()
    vip_id, important_id, before = vip.id, important.id, hanging()
    undo = undo_of(alice, alice.post(f"{URL}/{vip.id}/merge", data={"into": str(important.id), "version": vip.version}))
    assert set(db.session.scalars(select(LeadTag.tag_id))) == {important_id}

    with count_sql() as statements:
        shown = {"HX-Current-URL": f"http://127.0.0.1:9{URL}#tag-{important_id}"}
        answer = alice.post(undo, hx=True, headers=shown)

    # Going to another anchor of the page that is shown would leave it as it is.
    assert answer.headers.get("HX-Refresh") == "true" and "HX-Redirect" not in answer.headers
    assert len(statements) <= 20
    assert "VIP is back on 3 leads" in alice.get(URL).text
    assert hanging() == before
    assert the_tag("VIP").id == vip_id
    alice.post(undo)
    assert "This is undone already." in alice.get(URL).text


def test_views_that_ask_for_a_merged_tag_ask_for_the_one_that_stays(
    alice: Client, bob: Client, world: World, make_lead: Any
) -> None:
    vip, important, lead = made(world, "VIP"), made(world, "Important"), make_lead(name="Hannah Cole")
    add_tag([lead.id], vip, world.alice.actor)
    db.session.commit()
    bob.post("/w/wells/leads/views", data={"name": "My VIPs", "query": f"tag={vip.id}"})
    both = f"tag={vip.id}&tag={important.id}"
    alice.post("/w/wells/leads/views", data={"name": "Both", "query": both, "shared": "1"})

    def queries() -> dict[str, list[list[str]]]:
        with acting_in(lead.workspace_id):
            db.session.expire_all()
            return {view.name: view.query for view in db.session.scalars(select(SavedView))}

    before = queries()
    undo = undo_of(alice, alice.post(f"{URL}/{vip.id}/merge", data={"into": str(important.id), "version": vip.version}))
    assert queries() == before | {"My VIPs": [["tag", str(important.id)]]}
    alice.post(undo)
    assert queries() == before


def test_what_changed_since_a_merge_stays(alice: Client, world: World, make_lead: Any) -> None:
    leads = [make_lead().id for _ in range(2)]
    vip, important = made(world, "VIP"), made(world, "Important")
    add_tag(leads, vip, world.alice.actor)
    db.session.commit()
    vip_id = vip.id
    undo = undo_of(alice, alice.post(f"{URL}/{vip.id}/merge", data={"into": str(important.id), "version": vip.version}))
    remove_tag(leads[:1], important, world.alice.actor)
    db.session.commit()

    alice.post(undo)

    assert hanging() == {(leads[1], vip_id)}


def test_a_merge_can_not_be_taken_back_late_or_over_another_tag_or_by_another(
    alice: Client, mallory: Client, dave: Client, world: World
) -> None:
    vip, important = made(world, "VIP"), made(world, "Important")
    undo = undo_of(alice, alice.post(f"{URL}/{vip.id}/merge", data={"into": str(important.id), "version": vip.version}))
    assert dave.post(undo).status_code == 403
    assert mallory.post(undo.replace("wells", "rival")).status_code == 404
    made(world, "vip")
    alice.post(undo)
    assert "There is a new tag called VIP by now." in alice.get(URL).text
    db.session.execute(update(BulkAct).values(undo_until=utcnow()))
    db.session.commit()
    alice.post(undo)
    assert "It is too late to undo this." in alice.get(URL).text
    assert [tag.name for tag in listed_tags()] == ["Important", "vip"]


def undo_of(client: Client, answer: Any) -> str:
    """Where the page after a merge offers to undo it."""
    assert answer.status_code == 303
    found = re.search(r'action="([^"]+/undo)"', client.get(URL).text)
    assert found
    return found[1]


def hanging() -> set[tuple[UUID, UUID]]:
    """Which tag hangs on which lead."""
    return set(map(tuple, db.session.execute(select(LeadTag.lead_id, LeadTag.tag_id))))
