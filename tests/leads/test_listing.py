"""The list: orders, pages both ways, columns, views, and what it costs."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.core.clock import utcnow
from app.core.cursors import make_cursor
from app.extensions import db
from app.leads.models import LeadTag, Tag
from app.leads.queries import listing
from app.leads.queries.columns import COLUMNS, MOST_COLUMNS, USUAL
from app.leads.queries.filtering import LeadFilter

NAME = re.compile(r'class="row-link" href="[^"]*">([^<]+)</a>')


def names(answer) -> list[str]:
    return NAME.findall(answer.text)


def heads(html: str) -> list[str]:
    """The keys of the columns that a list shows."""
    labels = re.findall(r'<th scope="col"(?! class="(?:tick|name))[^>]*>(?:<a[^>]*>)?([^<]+)', html)
    known = {column.label: column.key for column in COLUMNS.values()}
    return [known[label] for label in labels]


def url(browser, rest: str = "") -> str:
    return f"/w/{browser.slug}/leads{rest}"


def opened_by(browser):
    """The list as it opens by itself, wherever that leads."""
    answer = browser.get(url(browser))
    return browser.get(answer.location) if answer.status_code == 303 else answer


def link(answer, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.fixture
def many(make_lead, monkeypatch):
    """Seven leads, A to G, oldest first; A to E have a next act (E the soonest), F and G none."""
    monkeypatch.setattr(listing, "PAGE", 3)
    made = []
    for place, letter in enumerate("ABCDEFG"):
        lead = make_lead(name=f"Lead {letter}", price_minor=1000 + 100 * ((place * 3) % 7))
        made.append(lead)
    now = utcnow()
    for place, lead in enumerate(made):
        lead.created_at = now - timedelta(days=10 - place)
        lead.last_activity_at = now - timedelta(hours=(place * 5) % 7)
        lead.next_act = "Ring" if place < 5 else None
        lead.next_act_at = now + timedelta(hours=10 - place) if place < 5 else None
    db.session.commit()
    return made


def walk(browser, start: str) -> list[list[str]]:
    """The pages from one on, by their own links."""
    pages, at = [], start
    while at:
        answer = browser.get(at)
        pages.append(names(answer))
        at = link(answer, "next")
    return pages


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("", "GFEDCBA"),
        ("created", "ABCDEFG"),
        ("due", "EDCBAGF"),
        ("-due", "ABCDEGF"),
        ("-value", None),
        ("-activity", None),
    ],
)
def test_every_order_goes_through_all_leads_once_and_back_again(alice, many, sort, wanted):
    key = {"value": "annual_minor", "activity": "last_activity_at"}.get(sort.removeprefix("-"))
    if wanted is None:
        ordered = sorted(many, key=lambda lead: getattr(lead, key), reverse=True)
        wanted = "".join(lead.contact.name[-1] for lead in ordered)
    pages = walk(alice, url(alice, f"?sort={sort}" if sort else ""))

    assert "".join(name[-1] for page in pages for name in page) == wanted
    assert [len(page) for page in pages] == [3, 3, 1]

    at, back = url(alice, f"?sort={sort}" if sort else ""), []
    while nxt := link(alice.get(at), "next"):
        at = nxt
    while at := link(alice.get(at), "prev"):
        back.append(names(alice.get(at)))
    assert back == pages[1::-1]


def span(answer) -> str:
    """Which of the leads a page says that it shows."""
    return re.search(r'aria-label="Pages"><span class="num">([^<]*)<span data-of>', answer.text)[1]


def test_each_page_says_which_of_them_it_shows_both_ways(alice, many):
    first = alice.get(url(alice, "?sort=due"))
    second = alice.get(link(first, "next"))
    third = alice.get(link(second, "next"))
    assert [span(each) for each in (first, second, third)] == ["1–3", "4–6", "7"]

    back = alice.get(link(third, "prev"))
    assert (span(back), names(back)) == ("4–6", names(second))
    start = alice.get(link(back, "prev"))
    assert (span(start), names(start)) == ("1–3", names(first))
    assert span(alice.get(link(start, "next"))) == "4–6"


def test_which_of_them_a_page_shows_drifts_by_what_comes_and_goes_but_the_first_is_the_first(alice, many, make_lead):
    second = alice.get(link(alice.get(url(alice)), "next"))
    many[6].shelf = "bin"  # the newest
    db.session.commit()
    back = alice.get(link(second, "prev"))
    assert (span(back), len(names(back))) == ("1–2", 2)

    third = alice.get(link(second, "next"))
    for name in ("New One", "New Two", "New Three", "New Four"):
        make_lead(name=name)
    back = alice.get(link(alice.get(link(third, "prev")), "prev"))
    assert (span(back), names(back)) == ("2–4", ["New One", "Lead F", "Lead E"])
    start = alice.get(link(back, "prev"))
    assert (span(start), names(start)) == ("1–3", ["New Four", "New Three", "New Two"])


def test_a_place_that_was_made_up_is_no_place(alice, many):
    after = dict(parse_qsl(urlsplit(link(alice.get(url(alice)), "next")).query))["after"]
    for made_up in (after[:-4] + "AAAA", "W1siaSIsOV1d", after + after):
        answer = alice.get(url(alice, f"?view=all&after={made_up}"))
        assert answer.status_code == 200 and span(answer) == "1–3"


def test_an_older_address_does_not_say_how_many_stand_before_it(alice, many):
    place = [0, many[4].created_at, many[4].id]
    page = alice.get(url(alice, f"?sort=-created&after={make_cursor(place, f'list:-created:{LeadFilter().key}')}"))
    assert (span(page), len(names(page))) == ("", 3)
    assert span(alice.get(link(page, "next"))) == ""
    assert span(alice.get(link(page, "prev"))) == "1–3"


def test_a_filter_narrows_each_page_and_stays_in_the_addresses(alice, bob, world, many):
    for lead in many[:5]:
        lead.owner_id = world.bob.user_id
    db.session.commit()

    pages = walk(alice, url(alice, f"?owner={world.bob.user_id}&sort=due"))
    assert "".join(name[-1] for page in pages for name in page) == "EDCBA"
    answer = alice.get(url(alice, f"?owner={world.bob.user_id}&sort=due"))
    query = dict(parse_qsl(urlsplit(link(answer, "next")).query))
    assert query["owner"] == str(world.bob.user_id) and query["sort"] == "due"
    assert f"Owner: {world.bob.name}" in answer.text
    assert len(names(bob.get(url(bob, "?owner=me")))) == 3


def test_it_is_counted_truly_and_only_the_desk(alice, many, monkeypatch):
    assert "7 leads" in alice.get(url(alice, "/count")).text
    many[0].shelf = "bin"
    db.session.commit()
    assert "6 leads" in alice.get(url(alice, "/count")).text
    assert "4 leads" in alice.get(url(alice, "/count?due.not=none")).text
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    assert listing.count_leads(LeadFilter.from_pairs([["due.not", "none"]])) == 4
    assert "Lead A" not in alice.get(url(alice, "?sort=created")).text


def test_its_own_leads_are_all_that_a_sales_person_is_told_of(world, bob, alice, make_lead):
    make_lead(name="Of Alice", owner_id=world.alice.user_id)
    make_lead(name="Of Bob", owner_id=world.bob.user_id)
    make_lead(name="Of Nobody", owner_id=None)

    assert set(names(bob.get(url(bob)))) == {"Of Bob", "Of Nobody"}
    assert "2 leads" in bob.get(url(bob, "/count")).text
    assert "2 leads" in bob.get(url(bob, "/count?priority=normal")).text


def test_an_empty_list_says_what_to_do(alice, bob, make_lead):
    assert "No leads yet" in alice.get(url(alice)).text and "Bring in a file" in alice.get(url(alice)).text
    assert "Bring in a file" not in bob.get(url(bob)).text  # sales may not import
    make_lead(name="Ivy Reed")
    answer = alice.get(url(alice, "?priority=urgent"))
    assert "No lead fits" in answer.text and "Show all leads" in answer.text


def test_every_column_can_be_shown_and_they_stay_as_ordered(alice, bob, make_lead):
    lead = make_lead(name="Ivy Reed", price_minor=2400, phone="07700 900111", email="ivy@example.com")
    lead.next_act, lead.next_act_at, lead.decline_reason = "Ring <b>", utcnow(), "too_dear"
    db.session.add(Tag(name="Trade"))
    db.session.commit()
    every = list(COLUMNS)
    for start in range(0, len(every), MOST_COLUMNS):
        wanted = every[start : start + MOST_COLUMNS]
        assert alice.post(url(alice, "/columns"), data={"column": wanted, "query": ""}).status_code == 303
        page = alice.get(url(alice))
        assert heads(page.text) == wanted
        assert "<b>" not in page.text.partition("<tbody")[2].partition("</tbody>")[0].replace("Ring &lt;b&gt;", "")
    assert heads(bob.get(url(bob)).text) == list(USUAL)

    backwards = ["created", "stage", "created", "nonsense"]
    alice.post(url(alice, "/columns"), data={"column": backwards, "query": "owner=me"})
    assert heads(alice.get(url(alice)).text) == ["created", "stage"]
    alice.post(url(alice, "/columns"), data={"column": backwards, "usual": "1"})
    assert heads(alice.get(url(alice)).text) == list(USUAL)


def test_a_page_costs_few_statements_and_few_bytes_however_many_rows(alice, make_lead, count_sql):
    make_lead(name="First One", price_minor=2400)
    alice.post(url(alice, "/columns"), data={"column": list(COLUMNS)[:MOST_COLUMNS]})
    alice.get(url(alice, "?sort=due"))
    for number in range(52):
        make_lead(name=f"Hannah Cole-Featherstonehaugh {number}", price_minor=2400)
    db.session.add(Tag(name="Trade"))
    db.session.commit()

    with count_sql() as statements:
        answer = alice.get(url(alice, "?sort=due&priority=normal"))

    assert len(names(answer)) == 50
    assert len(statements) <= 7, "\n".join(statements)
    assert len(answer.data) <= 60 * 1024


def test_asked_for_by_a_script_only_the_part_comes(alice, make_lead):
    make_lead(name="Ivy Reed")
    part = alice.get(url(alice), hx=True)
    assert 'id="list"' in part.text and "<html" not in part.text
    rows = alice.get(url(alice), headers={"HX-Request": "true", "HX-Target": "div#list-rows"})
    assert 'id="list-rows"' in rows.text and 'id="list"' not in rows.text


def test_a_row_shows_the_first_of_many_tags_and_how_many_there_are(alice, make_lead):
    lead, tags = make_lead(name="Ivy Reed"), [Tag(name=f"Tag {number}") for number in range(300)]
    db.session.add_all(tags)
    db.session.flush()
    db.session.add_all(LeadTag(workspace_id=lead.workspace_id, lead_id=lead.id, tag_id=tag.id) for tag in tags)
    db.session.commit()
    alice.post(url(alice, "/columns"), data={"column": ["tags"]})
    row = alice.get(url(alice, "?view=all")).text.partition("<tbody")[2]
    assert row.count('class="tag ') == 4 and "+296" in row
