"""The board through the front door."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.services import stage_by_key
from tests.support.leads import form_key


def column_of(page: str, stage: Stage) -> str:
    """The markup of one column."""
    return re.search(rf'<section class="column[^>]*id="stage-{stage.id}".*?</section>', page, re.S).group(0)


def test_a_new_lead_stands_on_top_of_the_first_column(alice, make_lead):
    make_lead(name="Priya Raman", frequency="8_weekly", property_type="semi", bedrooms="3", postcode="BA5 2QJ")
    make_lead(name="Tom Ashby")

    page = alice.get(f"/w/{alice.slug}/leads/board").text

    new = column_of(page, stage_by_key("new"))
    assert new.index("Tom Ashby") < new.index("Priya Raman")
    assert "8-weekly · 3-bed semi" in new
    assert "BA5 2" in new


def test_the_header_counts_leads_and_their_yearly_value(alice, make_lead):
    make_lead(name="A Cole", price_minor=2400, frequency="8_weekly")
    make_lead(name="B Cole", price_minor=1900, frequency="4_weekly")

    new = column_of(alice.get(f"/w/{alice.slug}/leads/board").text, stage_by_key("new"))

    assert re.search(r'class="count">\s*2\s*<', new)
    assert "£403" in new  # 24 x 6.5 + 19 x 13


def test_an_empty_board_teaches_the_next_step(alice, bob, make_lead):
    board = f"/w/{alice.slug}/leads/board"
    empty, bobs = alice.get(board).text, bob.get(board).text
    assert "Your leads will stand here" in empty and "when its quote is sent" in empty
    assert "Share your form" in empty and "Share your form" not in bobs
    assert "Add the first lead" in bobs
    make_lead()
    assert "Your leads will stand here" not in alice.get(board).text


def test_final_stages_are_a_rail_whose_columns_open(alice, make_lead):
    make_lead(name="Gone Away", stage_key="declined")
    declined, board = stage_by_key("declined"), f"/w/{alice.slug}/leads/board"

    page = alice.get(board).text
    slot = re.search(rf'<section class="slot[^>]*id="stage-{declined.id}-slot".*?</section>', page, re.S)

    assert slot and ">1</span>" in slot.group(0)
    assert "Gone Away" not in page and f'id="stage-{declined.id}"' not in page
    assert "Gone Away" in alice.get(f"{board}/{declined.id}", hx=True).text
    for opened in (f"{board}/{declined.id}", f"{board}?open={declined.id}"):
        assert f'id="stage-{declined.id}"' in alice.get(opened).text


def test_a_column_gives_twenty_cards_and_the_next_ones_by_cursor(alice, make_lead):
    names = [f"Number{chr(97 + i // 26)}{chr(97 + i % 26)} Person" for i in range(45)]
    for name in names:
        make_lead(name=name)
    new = stage_by_key("new")

    seen: list[str] = []
    url = f"/w/{alice.slug}/leads/board/{new.id}"
    for expected in (20, 20, 5):
        text = alice.get(url, hx=True).text
        found = re.findall(r">(Number\w+ Person)<", text)
        assert len(found) == expected
        seen += found
        following = re.search(r'class="more"><a[^>]*href="([^"]+)"', text)
        url = following.group(1).replace("&amp;", "&") if following else ""

    assert seen == list(reversed(names))
    assert not url


def test_moving_keeps_who_when_why_and_how_long(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    target = stage_by_key("contacted")
    an_hour_later = lead.stage_entered_at + timedelta(hours=1)

    with time_machine.travel(an_hour_later, tick=False):
        answer = alice.post(
            f"/w/{alice.slug}/leads/{lead.id}/stage",
            data={"to": target.id, "from": lead.stage_id, "reason": "She rang back"},
            headers={"Accept": "text/plain"},
        )
        shown = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text

    assert answer.status_code == 204
    change = db.session.scalars(select(StageChange).where(StageChange.from_stage_id.isnot(None))).one()
    assert (change.from_name, change.to_name, change.reason) == ("New lead", target.name, "She rang back")
    assert (change.actor_id, change.at, change.seconds_in_stage) == (alice.user_id, an_hour_later, 3600)
    assert "She rang back" in shown


def test_a_move_from_where_the_lead_no_longer_is_is_told(alice, bob, make_lead):
    lead = make_lead(name="Hannah Cole")
    new, contacted, hot = (stage_by_key(key) for key in ("new", "contacted", "hot_lead"))
    url = f"/w/{alice.slug}/leads/{lead.id}/stage"
    plain = {"Accept": "text/plain"}
    assert bob.post(url, data={"to": contacted.id, "from": new.id}, headers=plain).status_code == 204

    refused = alice.post(url, data={"to": hot.id, "from": new.id}, headers=plain)

    assert refused.status_code == 409
    assert contacted.name in refused.text
    assert db.session.scalars(select(Lead)).one().stage_id == contacted.id


def test_a_card_stays_where_it_was_dropped_between_two_others(alice, make_lead):
    low, middle, top = (make_lead(name=name) for name in ("Low Card", "Middle Card", "Top Card"))
    moved = make_lead(name="Moved Card", stage_key="contacted")
    new = stage_by_key("new")

    alice.post(
        f"/w/{alice.slug}/leads/{moved.id}/stage",
        data={"to": new.id, "from": moved.stage_id, "above": middle.id, "below": low.id},
        headers={"Accept": "text/plain"},
    )

    names = re.findall(r">(\w+ Card)<", column_of(alice.get(f"/w/{alice.slug}/leads/board").text, new))
    assert names == ["Top Card", "Middle Card", "Moved Card", "Low Card"]
    assert top.rank < middle.rank


@pytest.mark.parametrize("field", ["to", "from"])
def test_a_stage_of_another_workspace_does_not_exist(alice, world, make_lead, field):
    lead = make_lead(name="Hannah Cole")
    with world.mallory.acting():
        foreign = stage_by_key("contacted").id
    data = {"to": stage_by_key("contacted").id, "from": lead.stage_id} | {field: foreign}

    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage", data=data, headers={"Accept": "text/plain"})

    assert answer.status_code in (404, 409)
    assert db.session.scalars(select(Lead)).one().stage_id == stage_by_key("new").id


def test_sales_see_theirs_and_nobodys_with_exact_counts(bob, world, make_lead):
    make_lead(name="Bobs Own", owner_id=world.bob.user_id)
    make_lead(name="Nobodys Yet")
    make_lead(name="Alices Own", owner_id=world.alice.user_id)

    new = column_of(bob.get(f"/w/{bob.slug}/leads/board").text, stage_by_key("new"))

    assert "Bobs Own" in new and "Nobodys Yet" in new and "Alices Own" not in new
    assert re.search(r'class="count">\s*2\s*<', new)


def test_the_board_takes_few_statements_whatever_it_shows(alice, make_lead, count_sql):
    make_lead(name="One Lead")
    alice.get(f"/w/{alice.slug}/leads/board")  # from here on the process knows which workspace the slug means
    with count_sql() as few:
        alice.get(f"/w/{alice.slug}/leads/board")
    for number in range(25):
        make_lead(name=f"Lead {number}")
    with count_sql() as many:
        alice.get(f"/w/{alice.slug}/leads/board")

    assert len(many) == len(few) <= 8


def test_an_empty_board_says_how_to_begin_until_there_is_a_lead(world, alice, make_lead):
    empty = alice.get(f"/w/{alice.slug}/leads/board").text
    assert "Your leads will stand here" in empty and "Add the first lead" in empty and f"/q/{form_key()}" in empty
    assert f'href="/w/{alice.slug}/imports"' in empty and "Bring in a file" in empty
    assert "Your leads will stand here" not in alice.get(f"/w/{alice.slug}/leads/board?owner=me").text

    make_lead(name="Hannah Cole")
    assert "Your leads will stand here" not in alice.get(f"/w/{alice.slug}/leads/board").text


@pytest.mark.parametrize("page", ["leads/board", "leads"])
def test_who_sees_only_some_leads_is_told_which(bob, carol, world, make_lead, page):
    make_lead(name="Alices Own", owner_id=world.alice.user_id)
    sales, crew = (browser.get(f"/w/wells/{page}").text for browser in (bob, carol))
    assert "You see those that are yours or nobody’s." in sales
    assert "once you are down for a visit" in crew
    assert "add them by hand" not in crew and "Your form" not in crew


def test_crew_hear_of_no_enquiries_that_they_would_not_see(carol):
    board = carol.get("/w/wells/leads/board").text
    assert "New enquiries land here" not in board and "Nobody here." in board
    new = re.search(rf'class="column [^"]*bare"[^>]*data-stage="{stage_by_key("new").id}"', board)
    assert new  # on a phone the board begins where the first leads are
