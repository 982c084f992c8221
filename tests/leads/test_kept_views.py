"""Views that are kept: of the list, of the board, and the same in both places."""

import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sqlalchemy import select

from app.core.ids import new_id
from app.extensions import db
from app.leads.models import SavedView
from app.workspaces.models import Membership
from tests.leads.test_board_view import kept_view, names
from tests.leads.test_listing import names as rows
from tests.leads.test_listing import opened_by, url


def opened(browser, query: str = ""):
    """The board as it opens, wherever that leads, and its address."""
    answer = browser.get(f"/w/{browser.slug}/leads/board{query}")
    at = answer.location if answer.status_code == 303 else ""
    return (browser.get(at) if at else answer).text, parse_qs(urlsplit(at).query)


def test_a_view_is_kept_shared_opened_changed_and_forgotten(alice, bob, dave, make_lead, world):
    make_lead(name="Ivy Reed", price_minor=20_000)
    make_lead(name="Hugh Marsh", price_minor=1_000)
    made = alice.post(
        url(alice, "/views"), data={"name": " Big  ones ", "query": "value=1000..&sort=due&after=x", "shared": "1"}
    )
    view = db.session.scalars(select(SavedView)).one()
    assert (view.name, view.query) == ("Big ones", [["value", "1000.."], ["sort", "due"]])
    assert made.location.endswith(f"view={view.id}")
    opened = alice.get(made.location).location
    assert parse_qsl(urlsplit(opened).query) == [("value", "1000.."), ("view", str(view.id)), ("sort", "due")]
    for browser in (alice, bob):
        page = browser.get(opened)
        assert rows(page) == ["Ivy Reed"] and "Big ones" in page.text
    assert len(rows(bob.get(url(bob)))) == 2

    bob.post(url(bob, f"/views/{view.id}"), data={"default": "1", "name": "Mine now"})
    assert rows(opened_by(bob)) == ["Ivy Reed"]
    assert len(rows(bob.get(url(bob, "?view=all")))) == 2
    assert "Big ones" in opened_by(bob).text  # its name is its maker's to change
    assert bob.post(url(bob, f"/views/{view.id}/delete")).status_code == 404
    assert bob.post(url(bob, f"/views/{view.id}/refill"), data={"query": "due=late"}).status_code == 404

    alice.post(url(alice, f"/views/{view.id}/refill"), data={"query": "value=..1000"})
    assert rows(opened_by(bob)) == ["Hugh Marsh"]
    stale = alice.post(url(alice, f"/views/{view.id}"), data={"name": "Small", "version": "1"})
    assert stale.status_code == 409
    alice.post(url(alice, f"/views/{view.id}"), data={"name": "Small", "version": "2"})
    assert "Small" not in bob.get(url(bob)).text and len(rows(bob.get(url(bob)))) == 2  # no longer shared

    assert alice.post(url(alice, f"/views/{view.id}/delete")).status_code == 303
    assert db.session.scalars(select(SavedView)).all() == []
    assert len(rows(bob.get(url(bob)))) == 2
    assert dave.post(url(dave, "/views"), data={"name": "X"}).status_code == 403


def test_names_of_views(alice, bob):
    assert "Give the view a name" in alice.post(url(alice, "/views"), data={"name": " "}).text
    assert "under 40" in alice.post(url(alice, "/views"), data={"name": "x" * 41}).text
    alice.post(url(alice, "/views"), data={"name": "Late", "query": "due=late"})
    again = alice.post(url(alice, "/views"), data={"name": "LATE", "query": "due=late"})
    assert again.status_code == 422 and "already" in again.text
    assert bob.post(url(bob, "/views"), data={"name": "Late", "query": "due=late"}).status_code == 303


def test_a_view_keeps_a_long_filter_to_its_end(alice):
    tags = [f"{field}={new_id()}" for field in ("tag", "tag.not", "source", "source.not", "owner") for _ in range(40)]
    query = "&".join([*tags, "area=BA5"])
    assert len(query) > 8_000
    alice.post(url(alice, "/views"), data={"name": "Long", "query": query})
    assert db.session.scalars(select(SavedView)).one().query[-1] == ["area", "BA5"]


def test_a_view_may_bring_its_columns(alice, make_lead):
    make_lead(name="Ivy Reed")
    alice.post(url(alice, "/columns"), data={"column": ["phone", "value"]})
    alice.post(url(alice, "/views"), data={"name": "To ring", "query": "due=now", "columns": "1"})
    view = db.session.scalars(select(SavedView)).one()
    assert view.columns == ["phone", "value"]
    alice.post(url(alice, "/columns"), data={"column": ["stage"]})
    assert ">Phone<" in alice.get(url(alice, f"?view={view.id}&sort=due")).text
    alice.post(url(alice, "/columns"), data={"column": ["phone", "email"], "view": str(view.id)})
    db.session.expire_all()
    assert db.session.get(SavedView, (view.workspace_id, view.id)).columns == ["phone", "email"]
    assert ">Phone<" not in alice.get(url(alice)).text


def test_a_view_of_the_board_is_kept_opened_with_changed_and_forgotten(alice, bob, make_lead, count_sql):
    make_lead(name="Ursula Urgent", priority="urgent")
    make_lead(name="Nora Normal")
    view = kept_view(alice, "priority=urgent&sort=value", default_board="1", shared="1")
    assert view.query == [["priority", "urgent"], ["sort", "-value"]]

    page, address = opened(alice)
    assert names(page) == ["Ursula Urgent"]
    assert address == {"priority": ["urgent"], "view": [str(view.id)], "sort": ["value"]}
    assert re.search(r'aria-current="true"[^>]*>.*? Mine late</a>', page)
    assert "Save changes" not in page and "Save view" not in page
    assert len(names(opened(alice, "?view=all")[0])) == 2
    assert len(names(opened(bob)[0])) == 2  # it is shared, and yet nobody else's board opens with it
    assert "Mine late" in bob.get(f"/w/{bob.slug}/leads/views", hx=True).text
    assert names(opened(bob, f"?view={view.id}")[0]) == ["Ursula Urgent"]

    changed = f"?view={view.id}&sort=next&priority=normal"
    assert "Save changes" in opened(alice, changed)[0]
    assert "Save changes" not in opened(bob, changed)[0] and "Save as new view" in opened(bob, changed)[0]
    alice.post(f"/w/{alice.slug}/leads/views/{view.id}/refill", data={"place": "board", "query": changed[1:]})
    assert names(opened(alice)[0]) == ["Nora Normal"]

    deleted = alice.post(f"/w/{alice.slug}/leads/views/{view.id}/delete", data={"place": "board"})
    assert deleted.location.endswith("/leads/board?view=all")
    assert len(names(opened(alice)[0])) == 2


def test_every_way_off_a_board_that_opens_with_a_view_leads_to_all(alice, make_lead):
    make_lead(name="Ursula Urgent", priority="urgent")
    make_lead(name="Nora Normal")
    view = kept_view(alice, "priority=urgent", default_board="1")

    plain = opened(alice, "?priority=urgent")[0]
    off = re.search(r'href="([^"]+)"[^>]*title="Take this filter off"', plain)[1]
    assert off.endswith("?view=all")
    within = opened(alice)[0]
    off = re.search(r'href="([^"]+)"[^>]*title="Take this filter off"', within)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(off).query) == {"view": [str(view.id)], "sort": ["hand"]}
    assert len(names(alice.get(off).text)) == 2 and "Save changes" in alice.get(off).text
    posted = alice.post(f"/w/{alice.slug}/leads/filter", data={"place": "board", "query": "sort=hand"})
    assert len(names(alice.get(posted.location).text)) == 2


def test_the_list_and_the_board_open_the_same_view_each_as_far_as_it_can(alice, make_lead):
    first = make_lead(name="Ursula Urgent", priority="urgent", stage_key="contacted")
    make_lead(name="Uma Urgent", priority="urgent")
    query = f"stage={first.stage_id}&priority=urgent&sort=activity"
    alice.post(f"/w/{alice.slug}/leads/views", data={"name": "Contacted", "query": query, "default": "1"})
    view = db.session.scalars(select(SavedView)).one()

    board, address = opened(alice, f"?view={view.id}")
    assert sorted(names(board)) == ["Uma Urgent", "Ursula Urgent"] and address["sort"] == ["hand"]
    assert "Save changes" not in board
    assert not opened(alice)[1]  # the list opens with it, the board does not
    refill = {"place": "board", "query": "priority=normal"}
    alice.post(f"/w/{alice.slug}/leads/views/{view.id}/refill", data=refill)
    db.session.expire_all()
    assert view.query == [["stage", str(first.stage_id)], ["priority", "normal"], ["sort", "activity"]]
    alice.post(f"/w/{alice.slug}/leads/views/{view.id}/refill", data={"place": "board", "query": "sort=next"})
    db.session.expire_all()
    assert view.query == [["stage", str(first.stage_id)], ["sort", "due"]]
    assert opened(alice, f"?view={view.id}")[1]["sort"] == ["next"]


def test_the_views_to_choose_from_open_the_page_that_asks(alice):
    query = "stage=contacted&value=1000..&sort=due"
    alice.post(url(alice, "/views"), data={"name": "Big ones", "query": query, "default": "1"})
    view = db.session.scalars(select(SavedView)).one()
    of_list = alice.get(url(alice, f"/views?place=list&view={view.id}&query={query}"), hx=True).text
    assert re.search(rf'/leads\?[^"]*view={view.id}[^"]*" aria-current="page" autofocus', of_list)
    assert "Opens with the list" in of_list and f"/views/{view.id}?place=list" in of_list
    of_board = alice.get(url(alice, "/views"), hx=True).text
    assert re.search(r'/leads/board\?view=all" aria-current="page" autofocus', of_board)
    assert f"/views/{view.id}?place=board" in of_board and "Opens with" not in of_board


def test_views_take_the_board_no_statement(alice, make_lead, count_sql):
    make_lead(name="Ursula Urgent", priority="urgent")
    alice.get(f"/w/{alice.slug}/leads/board")
    with count_sql() as bare:
        alice.get(f"/w/{alice.slug}/leads/board")
    view = kept_view(alice, "priority=urgent")
    with count_sql() as kept:
        alice.get(f"/w/{alice.slug}/leads/board?priority=urgent&sort=value&view={view.id}")

    assert len(bare) <= 7 and len(kept) <= 8, "\n".join(kept)


def test_a_shared_view_of_who_has_left_is_anybodys_to_change_and_delete(alice, bob, world):
    made = bob.post("/w/wells/leads/views", data={"name": "Bob’s late", "query": "due=late", "shared": "1"})
    view_id = re.search(r"view=([0-9a-f-]+)", made.location)[1]
    url = f"/w/wells/leads/views/{view_id}"
    form = {"name": "Late ones", "version": 1, "shared": "1"}
    assert "Delete view" not in alice.get(url).text
    alice.post(url, data=form)
    assert alice.post(f"{url}/delete").status_code == 404 and "Bob’s late" in alice.get("/w/wells/leads/views").text
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    alice.post(f"/w/wells/settings/members/{member.id}/deactivate")
    page = alice.get(url).text
    assert "Delete view" in page
    assert alice.post(url, data=form).status_code == 303 and "Late ones" in alice.get("/w/wells/leads/views").text
    assert alice.post(f"{url}/delete").status_code == 303
    assert "Late ones" not in alice.get("/w/wells/leads/views").text
