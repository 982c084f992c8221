"""Tags and stars on a lead."""

import re
import threading

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.extensions import db
from app.leads.models import Favourite, LeadTag, Tag
from app.leads.queries.tagging import starred_among
from app.leads.services import tag_named
from app.leads.services.tagging import MOST_TAGS


def url(browser, lead, rest: str = "tags") -> str:
    """An address below a lead's."""
    return f"/w/{browser.slug}/leads/{lead.id}/{rest}"


def test_a_tag_is_made_while_it_is_hung_on(alice, make_lead):
    lead = make_lead()

    answer = alice.post(url(alice, lead), data={"tag": "  Dog in   garden "}, hx=True)

    assert "Dog in garden" in answer.text
    assert "autofocus" in answer.text  # ready for the next one
    alice.post(url(alice, lead), data={"tag": "dog IN garden"}, hx=True)
    assert db.session.scalars(select(Tag.name)).all() == ["Dog in garden"]
    told = select(Activity.data["tag"].as_string()).where(Activity.event == "lead.tagged")
    assert db.session.scalars(told).all() == ["Dog in garden"]
    assert "Tagged Dog in garden" in alice.get(url(alice, lead, "timeline"), hx=True).text


def test_a_tag_comes_off(alice, world, make_lead):
    lead = make_lead()
    alice.post(url(alice, lead), data={"tag": "Terrace"}, hx=True)
    tag_id = db.session.scalars(select(Tag.id)).one()

    answer = alice.post(url(alice, lead, "tags/remove"), data={"tag": tag_id}, hx=True)

    assert "Terrace" not in answer.text
    assert alice.post(url(alice, lead, "tags/remove"), data={"tag": tag_id}, hx=True).status_code == 200
    assert alice.post(url(alice, lead, "tags/remove"), data={"tag": "this"}, hx=True).status_code == 404


@pytest.fixture
def tagged(make_lead):
    """A lead with 130 tags of long names, called by their numbers."""
    lead, tags = make_lead(), [Tag(name=f"{number:03} nobody remembers what it was for") for number in range(130)]
    db.session.add_all(tags)
    db.session.flush()
    db.session.add_all(LeadTag(workspace_id=lead.workspace_id, lead_id=lead.id, tag_id=tag.id) for tag in tags)
    db.session.commit()
    return lead


def numbers(answer) -> list[int]:
    """The tags that an answer shows."""
    return [int(number) for number in re.findall(r'<span class="tag [^"]*">(\d+) nobody', answer.text)]


def test_a_lead_with_many_tags_shows_a_dozen_and_the_others_when_asked(alice, dave, tagged):
    drawer = alice.get(url(alice, tagged, "").rstrip("/"), hx=True)
    assert numbers(drawer) == list(range(12)) and "and 118 more" in drawer.text
    assert len(drawer.data) < 60_000

    first = alice.get(url(alice, tagged, "tags?from=0"), hx=True)
    assert numbers(first) == list(range(100)) and "and 30 more" in first.text
    rest = alice.get(url(alice, tagged, "tags?from=100"), hx=True)
    assert numbers(rest) == list(range(100, 130)) and "100 before" in rest.text and "more<" not in rest.text
    whole = alice.get(url(alice, tagged, "tags?from=0"))  # without JavaScript
    assert numbers(whole) == list(range(100)) and len(whole.data) < 60_000
    looked = dave.get(url(dave, tagged, "tags?from=100"), hx=True)
    assert numbers(looked) == list(range(100, 130)) and "<form" not in looked.text
    for odd in ("tags?from=900", "tags?from=-1", "tags?from=x", "tags?from=9999999"):
        assert alice.get(url(alice, tagged, odd), hx=True).status_code == 200


def test_tags_come_off_where_they_were_unfolded(alice, tagged):
    tag_id = db.session.scalars(select(Tag.id).where(Tag.name.startswith("120 "))).one()
    answer = alice.post(url(alice, tagged, "tags/remove"), data={"tag": tag_id, "from": "100"}, hx=True)
    assert numbers(answer) == [number for number in range(100, 130) if number != 120]


@pytest.mark.parametrize(
    ("typed", "advice"),
    [("", "Enter a tag"), ("x" * 41, "under 40 characters"), ("Dog, side gate", "one tag at a time")],
)
def test_a_tag_that_can_not_be_taken_is_explained_and_kept(alice, make_lead, typed, advice):
    answer = alice.post(url(alice, make_lead()), data={"tag": typed}, hx=True)

    assert answer.status_code == 422
    assert advice in answer.text
    assert f'value="{typed}"' in answer.text


def test_there_is_an_end_to_tags(alice, world, make_lead):
    db.session.add_all(Tag(name=f"Tag {number}") for number in range(MOST_TAGS))
    db.session.commit()

    assert "300 tags already" in alice.post(url(alice, make_lead()), data={"tag": "One more"}, hx=True).text


@pytest.mark.parametrize("typed", ["corner", "hous", "Corner huose", "corner  HOUSES"])
def test_a_name_that_is_nearly_a_tag_s_is_asked_about(alice, make_lead, typed):
    for name in ("Corner house", "Terrace", "Cornflower"):
        alice.post(url(alice, make_lead()), data={"tag": name, "sure": "1"}, hx=True)
    lead = make_lead()

    for with_script in (True, False):
        asked = alice.post(url(alice, lead), data={"tag": typed}, hx=with_script)
        offered = re.findall(r'<button [^>]*name="known" value="([^"]+)"[^>]*>([^<]+)', asked.text)
        assert [name for _, name in offered] == ["Corner house"]
        assert f'value="{typed}"' in asked.text, "what was typed stays"
    assert db.session.scalar(select(func.count()).select_from(Tag)) == 3

    alice.post(url(alice, lead), data={"tag": typed, "known": offered[0][0]}, hx=True)
    alice.post(url(alice, lead), data={"tag": typed, "sure": "1"}, hx=True)
    hung = select(Tag.name).join(LeadTag, LeadTag.tag_id == Tag.id).where(LeadTag.lead_id == lead.id)
    assert set(db.session.scalars(hung)) == {"Corner house", " ".join(typed.split())}


@pytest.mark.parametrize("typed", ["c", "Flower", "Dog", "Terracotta", "Gate 1", "Gate 11"])
def test_another_name_is_not(alice, make_lead, typed):
    alice.post(url(alice, make_lead()), data={"tag": "Gate 10"}, hx=True)
    alice.post(url(alice, make_lead()), data={"tag": "Cornflower"}, hx=True)
    alice.post(url(alice, make_lead()), data={"tag": "Terrace"}, hx=True)

    alice.post(url(alice, make_lead()), data={"tag": typed}, hx=True)
    assert typed in db.session.scalars(select(Tag.name)).all()


def test_a_tag_of_another_workspace_is_not_hung_on(alice, mallory, world, make_lead):
    alice.post(url(alice, make_lead()), data={"tag": "Terrace"}, hx=True)
    theirs = db.session.scalars(select(Tag.id)).one()
    with world.mallory.acting():
        there = url(mallory, make_lead())
    assert mallory.post(there, data={"tag": "x", "known": theirs}, hx=True).status_code == 404
    assert mallory.post(there, data={"tag": "Terrace"}, hx=True).status_code == 200


@pytest.mark.commits
def test_two_who_make_the_same_tag_at_once_get_one(app, world):
    found, trouble = [], []

    def make() -> None:
        with app.app_context(), world.alice.acting() as actor:
            try:
                found.append(tag_named("Corner house", actor).id)
                db.session.commit()
            except Exception as error:
                trouble.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert trouble == []
    assert len(set(found)) == 1


def test_a_star_is_ones_own(world, alice, bob, make_lead):
    lead = make_lead()

    answer = alice.post(url(alice, lead, "star"), data={"on": "1"}, hx=True)
    alice.post(url(alice, lead, "star"), data={"on": "1"}, hx=True)

    assert 'aria-pressed="true"' in answer.text
    assert starred_among([lead.id], world.alice.user_id) == {lead.id}
    assert starred_among([lead.id], world.bob.user_id) == set()
    assert 'aria-pressed="false"' in alice.post(url(alice, lead, "star"), data={"on": ""}, hx=True).text
    assert db.session.scalar(select(func.count()).select_from(Favourite)) == 0


def test_who_does_not_see_a_lead_gives_it_no_star(alice, bob, mallory, world, make_lead):
    lead = make_lead(owner_id=world.alice.user_id)

    for browser in (bob, mallory):
        assert browser.post(url(browser, lead, "star"), data={"on": "1"}, hx=True).status_code == 404
        assert browser.post(url(browser, lead), data={"tag": "Mine"}, hx=True).status_code in (403, 404)
    assert db.session.scalar(select(func.count()).select_from(Tag)) == 0


def stars(browser, page: str) -> dict[str, bool]:
    """Whether each lead of the board or the list has a star, by its number or name; one's own page."""
    html = browser.get(f"/w/{browser.slug}/leads{page}").text
    cards = re.findall(r'<li class="lead" id="lead-([^"]+)">(.*?)</li>', html) if page else []
    rows = re.findall(r'<tr id="lead-([^"]+)">(.*?)</tr>', html)
    return {key: "aria-pressed=true>Star</button>" in item for key, item in cards or rows if "Star</button>" in item}


def test_a_star_stands_on_the_card_and_the_row_of_whom_it_belongs_to(alice, bob, dave, make_lead):
    first, second = str(make_lead(name="Ivy Reed").id), str(make_lead(name="Hugh Marsh").id)
    given = alice.post(f"/w/{alice.slug}/leads/{first}/star", data={"on": "1"}, headers={"Accept": "text/plain"})
    assert given.status_code == 204 and not given.data

    for page in ("", "/board", "/board?sort=next", "/board?priority=normal"):
        assert stars(alice, page) == {first: True, second: False}, page
        assert stars(bob, page) == {first: False, second: False}, page
        assert stars(dave, page) == {}, page  # who writes nothing gives no stars
    assert alice.get(f"/w/{alice.slug}/leads/{first}/star").text == "on"
    assert bob.get(f"/w/{bob.slug}/leads/{first}/star").text == "off"
    alice.post(f"/w/{alice.slug}/leads/{first}/star", data={"on": ""}, headers={"Accept": "text/plain"})
    assert stars(alice, "/board") == {first: False, second: False}


def test_a_star_is_told_to_open_pages_by_its_lead_alone(alice, make_lead, monkeypatch):
    lead, told = make_lead(), []
    monkeypatch.setattr("app.live.services.announce", told.append)
    for _ in range(2):
        alice.post(f"/w/{alice.slug}/leads/{lead.id}/star", data={"on": "1"}, headers={"Accept": "text/plain"})
    assert told == [{f"star-{lead.id}"}]


def test_stars_take_the_list_and_the_board_no_statement_and_few_bytes(alice, dave, make_lead, count_sql):
    for number in range(30):
        lead = make_lead(name=f"Lead {number}")
        alice.post(f"/w/{alice.slug}/leads/{lead.id}/star", data={"on": "1"})
    for page, most in (("/board", 7), ("?sort=due", 7)):
        dave.get(f"/w/{alice.slug}/leads{page}"), alice.get(f"/w/{alice.slug}/leads{page}")
        with count_sql() as statements:
            alice.get(f"/w/{alice.slug}/leads{page}")
        assert len(statements) <= most, "\n".join(statements)
