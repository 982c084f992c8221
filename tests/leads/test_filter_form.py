"""The filter's form: what it shows, what it keeps, where it leads, and many tags in it."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app.core.ids import new_id
from app.extensions import db
from app.leads.models import Tag

NAME = re.compile(r'class="row-link" href="[^"]*">([^<]+)</a>')


def names(answer) -> list[str]:
    """The leads that a list shows."""
    return NAME.findall(answer.text)


def url(browser, rest: str = "") -> str:
    """An address below the list's."""
    return f"/w/{browser.slug}/leads{rest}"


def test_words_are_sealed_on_their_way_into_the_address(alice, make_lead):
    make_lead(name="Wisteria Reed")
    make_lead(name="Hugh Marsh")
    answer = alice.post(url(alice, "/filter"), data={"words": "Wisteria"})

    assert answer.status_code == 303
    assert "wisteria" not in answer.location.lower()
    found = alice.get(answer.location)
    assert names(found) == ["Wisteria Reed"]
    assert "“Wisteria”" in found.text


def test_the_form_shows_what_is_chosen_and_keeps_what_cannot_be_read(alice, world):
    form = alice.get(url(alice, f"/filter?query=owner.not%3D{world.bob.user_id}%26value%3D100..300"))
    assert re.search(rf'value="{world.bob.user_id}" checked', form.text)
    assert re.search(r'name="value.from" value="100"', form.text)

    answer = alice.post(url(alice, "/filter"), data={"value.from": "lots", "area": "BA5, 99", "priority": "high"})
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text and "Enter pounds" in answer.text
    assert 'value="BA5, 99"' in answer.text and "Enter postcode areas" in answer.text
    assert re.search(r'value="high" checked', answer.text)


def test_the_form_goes_on_as_a_clean_address(alice, world):
    answer = alice.post(
        url(alice, "/filter"),
        data={
            "stage": ["open"], "owner.how": "not", "owner": [str(world.bob.user_id), "me"], "value.from": "100",
            "value.to": "300", "due": "late", "created.from": "2026-01-05", "area": "ba5, BA16 0", "tag.how": "none",
            "contacted.how": "some", "priority": "", "starred": "", "query": "sort=due",
        },
    )  # fmt: skip
    assert parse_qsl(urlsplit(answer.location).query) == [
        ("stage", "open"), ("owner.not", str(world.bob.user_id)), ("owner.not", "me"), ("tag", "none"),
        ("due", "late"), ("created", "2026-01-05.."), ("contacted.not", "none"), ("value", "100..300"),
        ("area", "BA5"), ("area", "BA16 0"), ("sort", "due"),
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["5/1/2026", "5.1.26", "5 January 2026", "2026-01-05"])
def test_a_day_may_be_typed_where_there_is_no_calendar(alice, typed):
    answer = alice.post(url(alice, "/filter"), data={"created.from": typed, "created.to": "31/1/2026"})
    assert parse_qsl(urlsplit(answer.location).query) == [("created", "2026-01-05..2026-01-31")]
    refused = alice.post(url(alice, "/filter"), data={"created.from": "soon"})
    assert refused.status_code == 422 and "Enter a date, like 8/12/2026." in refused.text


@pytest.fixture
def tagged(alice):
    """300 tags of long names, the last of them Solar panels; returns its id."""
    tags = [*(Tag(name=f"Nobody remembers what it was for {number:03}") for number in range(299)), Tag(name="Solar")]
    db.session.add_all(tags)
    db.session.commit()
    return str(tags[-1].id)


def offered(answer) -> list[str]:
    """The tags that a form of the filter offers, with a star those that are ticked."""
    found = re.findall(r'name="tag" value="[^"]+"( checked)?[^>]*> ([^<]+)</label>', answer.text)
    return [f"{'*' * bool(ticked)}{name}" for ticked, name in found]


def test_the_filter_stays_small_with_many_tags_and_each_is_found_by_its_name(alice, tagged):
    form = alice.get(url(alice, f"/filter?query=tag%3D{tagged}"))
    assert len(form.data) < 60_000 and "260 more" in form.text
    assert len(offered(form)) == 40 and offered(form)[-1] == "*Solar"
    assert len(alice.get(url(alice, "/filter?place=board")).data) < 60_000

    found = alice.post(url(alice, "/filter"), data={"find": "tag", "tag.find": "WHAT 28", "tag": tagged}, hx=True)
    numbers = ("028", "128", "228", *range(280, 290))
    assert offered(found) == [*(f"Nobody remembers what it was for {number}" for number in numbers), "*Solar"]
    assert "<form" not in found.text and "more." not in found.text
    nothing = alice.post(url(alice, "/filter"), data={"find": "tag", "tag.find": "zebra"}, hx=True)
    assert offered(nothing) == [] and "Nothing is called so" in nothing.text


def test_a_tag_is_found_without_scripts_and_nothing_typed_is_lost(alice, tagged):
    find = {"find": "tag", "tag.find": "sol", "tag.how": "not"}
    form = alice.post(url(alice, "/filter"), data={**find, "area": "BA5, 99", "priority": "high"})
    assert form.status_code == 200 and offered(form) == ["Solar"]
    assert 'value="BA5, 99"' in form.text and re.search(r'value="high" checked', form.text)
    assert re.search(r'name="tag.how".*?<option value="not" selected', form.text, re.S)
    chosen = {"tag.find": "sol", "tag.how": "not", "tag": tagged, "query": "sort=due"}
    gone_on = alice.post(url(alice, "/filter"), data=chosen)
    assert parse_qsl(urlsplit(gone_on.location).query) == [("tag.not", tagged), ("sort", "due")]


def test_what_has_no_control_of_its_own_stays_until_it_is_unticked(alice, world):
    bob = str(world.bob.user_id)
    twice = [("owner", "me"), ("owner.not", bob), ("value", "1..5"), ("value", "10..20"), ("due.not", "none")]
    asked = urlencode(twice)
    form = alice.get(url(alice, f"/filter?{urlencode({'query': asked})}")).text
    kept = [unescape(each) for each in re.findall(r'name="also" value="([^"]*)" checked> ', form)]
    assert kept == [f"owner.not={bob}", "value=10..20"]
    shown = {"owner": "me", "value.from": "1", "value.to": "5", "due.how": "some", "query": asked}

    answer = alice.post(url(alice, "/filter"), data=shown | {"also": kept})
    assert sorted(parse_qsl(urlsplit(answer.location).query)) == sorted(parse_qsl(asked))
    answer = alice.post(url(alice, "/filter"), data=shown | {"also": kept[:1]})
    assert ("value", "10..20") not in parse_qsl(urlsplit(answer.location).query)
    refused = alice.post(url(alice, "/filter"), data=shown | {"also": kept, "value.from": "lots"})
    assert refused.status_code == 422 and 'value="value=10..20" checked' in refused.text


def test_a_tag_that_is_gone_stays_in_the_filter_until_it_is_unticked(alice):
    gone = f"tag={new_id()}"
    form = alice.get(url(alice, f"/filter?{urlencode({'query': gone})}")).text
    assert 'class="filter-field on"' in form and f'name="also" value="{gone}" checked> Tag: gone' in form
    answer = alice.post(url(alice, "/filter"), data={"priority": "high", "query": gone, "also": gone})
    assert ("tag", gone[4:]) in parse_qsl(urlsplit(answer.location).query)
