"""The bell: who is told what, when it is read, and that nobody reads another's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.clock import utcnow
from app.extensions import db
from app.leads.services import change_fact
from app.notifications.models import Notification
from app.notifications.queries import count_unread, told_to
from app.notifications.services import notify
from tests.support.client import Client
from tests.support.world import World

URL = "/w/wells/notifications"


def test_whoever_is_given_a_lead_is_told_by_whom(bob: Client, world: World, make_lead: Any) -> None:
    lead = make_lead(name="Hannah Cole")
    give(world, lead, world.bob.user_id)
    assert "Alice Archer gives you <b>Hannah Cole</b>" in bob.get(URL).text
    assert unread_in(bob.get("/w/wells/leads/board").text) == 1


def test_nobody_is_told_what_they_did_themselves(bob: Client, world: World, make_lead: Any) -> None:
    lead = make_lead()
    with world.bob.acting() as actor:
        change_fact(lead.id, "owner", str(world.bob.user_id), "", actor)
        db.session.commit()
        assert told_to(world.bob.user_id).rows == []
    assert "All quiet" in bob.get(URL).text


def test_following_a_line_marks_it_as_read(bob: Client, world: World, make_lead: Any) -> None:
    lead = make_lead()
    give(world, lead, world.bob.user_id)
    link = re.search(rf'href="({URL}/[0-9a-f-]+)"', bob.get(URL).text)
    assert link is not None
    answer = bob.get(link[1])
    assert answer.headers["Location"] == f"/w/wells/leads/{lead.id}"
    assert unread_in(bob.get("/w/wells/leads/board").text) == 0


def test_a_line_for_several_leads_goes_to_their_list(bob: Client, world: World) -> None:
    with world.bob.acting():
        notify(world.bob.user_id, "overdue", data={"count": 3})
        db.session.commit()
    link = re.search(rf'href="({URL}/[0-9a-f-]+)"[^>]*>3 more follow-ups are late', bob.get(URL).text)
    assert link is not None
    answer = bob.get(link[1])
    assert answer.headers["Location"] == "/w/wells/leads?due=late&sort=due"
    assert bob.get(answer.headers["Location"]).status_code == 200


def test_one_line_or_all_are_marked_and_one_put_back(bob: Client, world: World, make_lead: Any) -> None:
    for _ in range(3):
        give(world, make_lead(), world.bob.user_id)
    first = ids_of(world)[0]
    row = bob.post(f"{URL}/{first}/read", hx=True).text
    assert "Mark as unread" in row
    assert count_of(world) == 2
    bob.post(f"{URL}/{first}/read", data={"unread": "1"})
    assert count_of(world) == 3
    page = bob.post(f"{URL}/read", hx=True).text
    assert count_of(world) == 0 and "Mark all as read" not in page
    assert "Nothing unread" in bob.get(f"{URL}?unread=1").text


def test_what_was_read_long_ago_goes_when_the_bell_is_cleared(bob: Client, world: World) -> None:
    with world.bob.acting():
        for days, read in ((200, True), (200, False), (20, True)):
            told = notify(world.bob.user_id, "bulk_done", data={"kind": "tag", "done": 1})
            assert told is not None
            told.created_at = utcnow() - timedelta(days=days)
            told.read_at = told.created_at if read else None
            db.session.commit()
    assert bob.post(f"{URL}/read").status_code in (200, 303)
    with world.bob.acting():
        left = [row.created_at for row in told_to(world.bob.user_id).rows]
    assert len(left) == 2
    assert sum(at < utcnow() - timedelta(days=180) for at in left) == 1  # one that nobody had read until now


def test_pages_by_cursor_reach_every_line_once(bob: Client, world: World) -> None:
    for number in range(70):
        notify(world.bob.user_id, "bulk_done", data={"kind": "move", "done": number + 1})
    db.session.execute(update(Notification).values(created_at=utcnow() - timedelta(minutes=1)))
    db.session.commit()
    seen, url = [], URL
    while url:
        text = bob.get(url, hx=True).text
        seen += re.findall(r'id="notification-([0-9a-f-]+)"', text)
        more = re.search(r'hx-get="([^"]+after=[^"]+)"', text)
        url = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 70
    again = bob.get(f"{URL}?shown=70", hx=True).text  # as it asks once it shows them all
    assert re.findall(r'id="notification-([0-9a-f-]+)"', again) == seen


def test_the_page_takes_few_statements_however_much_there_is(bob: Client, world: World, count_sql: Any) -> None:
    for _ in range(40):
        notify(world.bob.user_id, "bulk_done", data={"kind": "move", "done": 2})
    db.session.commit()
    bob.get(URL)
    with count_sql() as statements:
        page = bob.get(URL)
    assert len(statements) <= 8, "\n".join(statements)
    assert len(page.data) <= 60_000


def test_one_s_own_bell_only(alice: Client, bob: Client, mallory: Client, world: World, make_lead: Any) -> None:
    give(world, make_lead(name="Hannah Cole"), world.bob.user_id)
    line = ids_of(world)[0]
    assert "All quiet" in alice.get(URL).text
    for client in (alice, mallory):
        assert client.get(f"{URL}/{line}").status_code == 404
        assert client.post(f"{URL}/{line}/read").status_code == 404
    assert count_of(world) == 1


def test_a_lead_that_went_to_another_is_named_no_more(bob: Client, world: World, make_lead: Any) -> None:
    lead = make_lead(name="Hannah Cole")
    give(world, lead, world.bob.user_id)
    give(world, lead, world.alice.user_id)
    page = bob.get(URL).text
    assert "Hannah" not in page and "No longer yours to see" in page


def test_a_viewer_sees_theirs_and_marks_nothing(dave: Client, world: World, make_lead: Any) -> None:
    notify(world.dave.user_id, "mention", lead=make_lead(name="Hannah Cole"), actor=world.alice.actor)
    db.session.commit()
    page = dave.get(URL).text
    assert "Alice Archer mentions you on <b>Hannah Cole</b>" in page and "Mark as read" not in page
    assert dave.post(f"{URL}/read").status_code == 403


def test_an_unknown_kind_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="gossip"):
        notify(world.bob.user_id, "gossip")


def test_photos_one_after_the_other_are_one_line(bob: Client, world: World, make_lead: Any) -> None:
    lead = make_lead(name="Hannah Cole", owner_id=world.bob.user_id)
    for kind in ("photo", "photo"):
        notify(world.bob.user_id, "file_added", lead=lead, actor=world.alice.actor, data={"kind": kind, "count": 1})
    db.session.commit()
    assert "Alice Archer adds 2 photos to <b>Hannah Cole</b>" in bob.get(URL).text
    notify(world.bob.user_id, "file_added", lead=lead, actor=world.alice.actor, data={"kind": "document"})
    db.session.commit()
    assert "adds 3 files to" in bob.get(URL).text and count_of(world) == 1
    bob.post(f"{URL}/read")
    notify(world.bob.user_id, "file_added", lead=lead, actor=world.alice.actor, data={"kind": "photo"})
    db.session.commit()
    assert "adds a photo to" in bob.get(URL).text and count_of(world) == 1


def give(world: World, lead: Any, user_id: Any) -> None:
    db.session.refresh(lead)
    change_fact(lead.id, "owner", str(user_id), str(lead.owner_id or ""), world.alice.actor)
    db.session.commit()


def ids_of(world: World) -> list[Any]:
    with world.bob.acting():
        return [row.id for row in told_to(world.bob.user_id).rows]


def count_of(world: World) -> int:
    with world.bob.acting():
        return count_unread(world.bob.user_id)


def unread_in(page: str) -> int:
    found = re.search(r'class="bell-count num">(\d+)', page)
    return int(found[1]) if found else 0
