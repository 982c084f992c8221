"""The board narrowed, and its columns in other orders."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.core.names import initials
from app.extensions import db
from app.followups.services import plan_task
from app.leads.models import SavedView
from app.leads.queries.board_order import ORDERS
from app.leads.services import get_lead, stage_by_key


@pytest.fixture
def board(alice):
    """Ask for the board with a query."""
    return lambda query="": alice.get(f"/w/{alice.slug}/leads/board{query}").text


def names(page: str) -> list[str]:
    """The cards in the order of the page."""
    return re.findall(r'<li class="lead"[^>]*><a [^>]*>([^<]+)</a>', page)


def figures(page: str) -> str:
    """The line above the board."""
    return re.sub(r"<[^>]+>", "", re.search(r'id="board-totals"[^>]*>(.*?)</p>', page, re.S).group(1))


def test_narrowed_to_mine_and_unassigned(board, world, make_lead):
    make_lead(name="Alices Own", owner_id=world.alice.user_id, price_minor=1000, frequency="4_weekly")
    make_lead(name="Nobodys Yet")
    make_lead(name="Bobs Own", owner_id=world.bob.user_id)

    page = board("?owner=me&owner=none")

    assert names(page) == ["Nobodys Yet", "Alices Own"]
    assert figures(page) == "2 open · £130 a year"
    assert re.search(r'aria-current="true">Mine and unassigned', page)


def switch(page: str, words: str) -> tuple[str, bool]:
    """The query a ready-made filter of the bar leads to, and whether it is on."""
    found = re.search(rf'<a class="chip(?: on)?" href="[^"]*board([^"]*)"( aria-current="true")?>{words}</a>', page)
    return found[1].replace("&amp;", "&"), bool(found[2])


def test_narrowed_to_what_has_ones_star_by_one_click(board, alice, bob, make_lead):
    starred = make_lead(name="Stella Starred")
    make_lead(name="Peter Plain")
    alice.post(f"/w/{alice.slug}/leads/{starred.id}/star", data={"on": "1"})

    query, is_on = switch(board("?sort=age&due=none"), "Starred")
    assert (parse_qs(query[1:]), is_on) == ({"due": ["none"], "starred": ["yes"], "sort": ["age"]}, False)
    page = board("?starred=yes&sort=age")
    assert names(page) == ["Stella Starred"] and figures(page).startswith("1 open")
    assert switch(page, "Starred") == ("?sort=age", True)
    assert "Starred by me" not in page.partition("</nav>")[0]  # said once
    assert switch(board("?starred=yes"), "Starred")[0] == "?view=all"
    assert names(bob.get(f"/w/{bob.slug}/leads/board?starred=yes").text) == []
    assert switch(board("?starred=no"), "Starred")[1] is False


@pytest.mark.parametrize(
    ("query", "on"),
    [("", []), ("?owner=me&owner=none&priority=urgent&sort=age", ["Mine and unassigned", "Priority: Urgent"])],
)
def test_the_bar_is_gone_through_in_the_order_it_is_seen_in(board, make_lead, query, on):
    make_lead()
    bar = re.search(r'aria-label="Filters">(.*?)</nav>', board(query), re.S)[1]
    shown = re.findall(r'(?:<a class="chip[^>]*>(?:<svg.*?</svg>)?|<select name=)([^<>]+)', bar, re.S)
    assert [words.split(" aria")[0].strip() for words in shown][: len(on) + 3] == ["Filter", *on, '"sort"', "Views"]


def test_a_star_narrows_within_the_kept_view(board, alice, make_lead):
    make_lead(name="Ursula Urgent", priority="urgent")
    kept = {"name": "Urgent", "place": "board", "query": "priority=urgent"}
    alice.post(f"/w/{alice.slug}/leads/views", data=kept)
    view = db.session.scalar(select(SavedView))

    query, _ = switch(board(f"?priority=urgent&view={view.id}&sort="), "Starred")
    page = board(query)
    assert "Urgent" in page and "Save changes" in page
    assert parse_qs(query[1:]) == {"priority": ["urgent"], "starred": ["yes"], "view": [str(view.id)], "sort": ["hand"]}
    alice.post(f"/w/{alice.slug}/leads/views/{view.id}/refill", data={"place": "board", "query": query[1:]})
    opened = alice.get(f"/w/{alice.slug}/leads/board?view={view.id}")
    assert parse_qs(urlsplit(opened.location).query)["starred"] == ["yes"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("?priority=urgent", ["Ursula Urgent"]), ("?area=TA6", ["Tara Bridge"]), ("?value=200..", ["Vera Value"]),
     ("?value=..100&area=BA5", ["Ursula Urgent"])],
)  # fmt: skip
def test_narrowed_by_a_field_with_its_own_figures(board, make_lead, query, found):
    make_lead(name="Ursula Urgent", priority="urgent")
    make_lead(name="Tara Bridge", postcode="TA6 3AA", price_minor=1000, frequency="one_off")
    make_lead(name="Vera Value", price_minor=2400, frequency="4_weekly")

    page = board(query)

    assert names(page) == found
    assert figures(page).startswith("1 open")


def test_late_leads_are_counted_over_what_is_shown(board, alice, world, make_lead):
    for name, owner_id in (("Alices Late", alice.user_id), ("Bobs Late", world.bob.user_id)):
        lead = make_lead(name=name, owner_id=owner_id)
        plan_task(get_lead(lead.id), "Ring", utcnow() - timedelta(days=2), "call", alice_actor(world))
    db.session.commit()

    assert figures(board()).endswith("2 late in all")
    assert figures(board("?owner=me")).endswith("1 late")


def alice_actor(world):
    """Alice, acting."""
    return world.alice.actor


def test_the_filter_leads_to_an_address_without_what_was_searched_for(alice, make_lead):
    make_lead(name="Hannah Cole")
    make_lead(name="Tom Ashby")

    asked = {"words": "Hannah", "place": "board", "query": "sort=value"}
    answer = alice.post(f"/w/{alice.slug}/leads/filter", data=asked)

    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "/leads/board?" in address and "annah" not in address and "sort=value" in address
    page = alice.get(address).text
    assert names(page) == ["Hannah Cole"]
    assert "“Hannah”" in page


def kept_view(browser, query: str, **more: str) -> SavedView:
    """Keep what the board shows under a name."""
    data = {"name": "Mine late", "place": "board", "query": query} | more
    answer = browser.post(f"/w/{browser.slug}/leads/views", data=data)
    view = db.session.scalars(select(SavedView).where(SavedView.name == data["name"])).one()
    assert answer.location.endswith(f"/leads/board?view={view.id}")
    return view


def test_the_filter_of_the_board_keeps_order_view_and_columns(alice, make_lead):
    view, final = kept_view(alice, "priority=urgent"), make_lead(stage_key="declined").stage_id
    form = alice.get(
        f"/w/{alice.slug}/leads/filter?place=board&query=owner%3Dme%26owner%3Dnone%26sort%3Dage&view={view.id}&open={final}",
        hx=True,
    ).text
    assert 'name="stage"' not in form and form.count("checked>") >= 2 and "Starred by me" in form
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    kept = {name: value.replace("&amp;", "&") for name, value in fields if name != "csrf_token"}

    answer = alice.post(f"/w/{alice.slug}/leads/filter", data=kept | {"owner": ["me", alice.user_id], "starred": "yes"})

    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {
        "owner": ["me", str(alice.user_id)], "starred": ["yes"], "view": [str(view.id)], "sort": ["age"],
        "open": [str(final)],
    }  # fmt: skip
    clear = re.search(r'href="([^"]+)">Clear<', form)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(clear).query) == {"view": [str(view.id)], "sort": ["age"], "open": [str(final)]}


def test_cards_say_whose_they_are_where_several_peoples_stand(board, world, make_lead, count_sql):
    make_lead(name="Bobs Own", owner_id=world.bob.user_id)
    make_lead(name="Nobodys Yet", postcode="")
    owner = re.compile(r'<i title="([^"]+)">(\w+)</i>')

    with count_sql() as statements:
        everyones = board()
    assert owner.findall(everyones) == [(world.bob.name, initials(world.bob.name))] and len(statements) <= 8
    assert owner.search(board("?owner=me&owner=none&owner=" + str(world.bob.user_id)))
    assert owner.search(board("?sort=next"))
    assert not owner.search(board(f"?owner={world.bob.user_id}")) and not owner.search(board("?owner=me&owner=none"))
    assert everyones.count('<p class="at nowhere">') == 1


def test_the_most_valuable_first(board, make_lead):
    for name, price in (("Small One", 1000), ("Big One", 9000), ("No Price", None), ("Middle One", 5000)):
        make_lead(name=name, price_minor=price, frequency="4_weekly")

    assert names(board("?sort=value")) == ["Big One", "Middle One", "Small One", "No Price"]


def test_the_longest_waiting_first(board, make_lead):
    for name in ("First Come", "Second Come"):
        make_lead(name=name)

    assert names(board()) == ["Second Come", "First Come"]
    assert names(board("?sort=age")) == ["First Come", "Second Come"]


def test_the_next_act_first_and_those_without_one_last(board, alice, world, make_lead):
    for name, days in (("In A Week", 7), ("Nothing Planned", None), ("Yesterday", -1)):
        lead = make_lead(name=name, stage_key="booking_confirmed")
        if days is not None:
            plan_task(get_lead(lead.id), "Ring", utcnow() + timedelta(days=days), "call", alice_actor(world))
    db.session.commit()

    page = board(f"?sort=next&open={stage_by_key('booking_confirmed').id}")

    assert names(page) == ["Yesterday", "In A Week", "Nothing Planned"]


def test_every_order_is_walked_to_its_end_by_cursor(alice, world, make_lead):
    booked, made = stage_by_key("booking_confirmed"), []
    for number in range(24):
        lead = make_lead(name=f"Lead {number:02}", stage_key=booked.key, price_minor=(number % 5) * 1000 or None)
        made.append(f"Lead {number:02}")
        if number % 3:
            plan_task(get_lead(lead.id), "Ring", utcnow() + timedelta(days=number % 7), "call", alice_actor(world))
    db.session.commit()

    for sort in ORDERS:
        seen: list[str] = []
        url = f"/w/{alice.slug}/leads/board/{booked.id}?sort={sort}"
        while url:
            text = alice.get(url, hx=True).text
            seen += names(text)
            following = re.search(r'class="more"><a[^>]*href="([^"]+)"', text)
            url = following.group(1).replace("&amp;", "&") if following else ""
            assert len(seen) in (20, 24), sort
        assert sorted(seen) == made, sort


def test_a_cursor_of_one_order_is_nothing_in_another(alice, make_lead):
    for number in range(21):
        make_lead(name=f"Lead {number:02}")
    url = f"/w/{alice.slug}/leads/board/{stage_by_key('new').id}"
    cursor = re.search(r"after=([\w-]+)", alice.get(f"{url}?sort=value", hx=True).text).group(1)

    assert len(names(alice.get(f"{url}?sort=age&after={cursor}", hx=True).text)) == 20


@pytest.mark.parametrize(
    "query", ["?owner=me", "?sort=next", "?sort=value&due=late&priority=high&area=BA5", "?tag=none"]
)
def test_narrowing_and_ordering_take_few_statements(alice, make_lead, count_sql, query):
    for number in range(3):
        make_lead(name=f"Lead {number}")
    url = f"/w/{alice.slug}/leads/board{query}"
    alice.get(url)

    with count_sql() as statements:
        assert alice.get(url).status_code == 200

    assert len(statements) <= 8, "\n".join(statements)


def test_leads_that_were_put_away_are_not_on_the_board(board, make_lead):
    lead = make_lead(name="Put Away")
    make_lead(name="Still Here")
    lead.shelf = "archive"
    db.session.commit()

    page = board()

    assert names(page) == ["Still Here"]
    assert figures(page).startswith("1 open")
