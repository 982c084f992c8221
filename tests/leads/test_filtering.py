"""Which leads a filter lets through, read from the address as a page does."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from app.core.clock import utcnow
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Favourite, Lead, LeadTag, Tag
from app.leads.queries.choices import filter_choices
from app.leads.queries.filtering import LeadFilter, seal_words
from app.leads.services import stage_by_key
from app.workspaces.queries import current_workspace, today_here


def narrowed(*pairs: tuple[str, str]) -> LeadFilter:
    return LeadFilter.from_query(MultiDict(pairs))


def found(*pairs: tuple[str, str]) -> set[str]:
    query = select(Lead.number).where(Lead.workspace_id == current_workspace_id(), *narrowed(*pairs).conditions())
    return set(db.session.scalars(query))


def change(lead: Lead, **values: object) -> None:
    for name, value in values.items():
        setattr(lead, name, value)
    db.session.commit()


@pytest.fixture
def two(world, make_lead):
    """Two leads that differ in everything asked below: the first is priced, owned and placed, the second is not."""
    first = make_lead(name="Ivy Reed", stage_key="contacted", owner_id=world.bob.user_id, price_minor=2400)
    second = make_lead(
        name="Hugh Marsh", postcode=None, property_type=None, bedrooms=None, frequency=None, price_minor=None,
        phone="07700 900999", email="hugh@example.com",
    )  # fmt: skip
    change(
        first, quality_score=8, last_contact_at=utcnow() - timedelta(days=40), utm_campaign="spring", extras=["solar"]
    )
    change(second, next_act=None, next_act_at=None, owner_id=None)
    return first, second


@pytest.mark.parametrize(
    ("pair", "which"),
    [
        (("owner", "none"), "second"),
        (("owner.not", "none"), "first"),
        (("owner", "me"), ""),
        (("owner.not", "me"), "both"),
        (("value", "100..200"), "first"),
        (("value", "156"), "first"),
        (("value", "..100"), "second"),
        (("value", "none"), "second"),
        (("value.not", "100.."), "second"),
        (("price", "24"), "first"),
        (("price", "none"), "second"),
        (("price.not", "10..30"), "second"),
        (("area", "BA5"), "first"),
        (("district", "ba5"), "first"),
        (("area", "BA5 2"), "first"),
        (("area", "BA5 3"), ""),
        (("area", "BA"), "first"),
        (("area", "B"), ""),
        (("area", "none"), "second"),
        (("area.not", "BA5"), "second"),
        (("house", "semi"), "first"),
        (("house.not", "semi"), "second"),
        (("bedrooms", "3"), "first"),
        (("frequency", "8_weekly"), "first"),
        (("frequency", "none"), "second"),
        (("extra", "solar"), "first"),
        (("extra", "none"), "second"),
        (("quality", "7..10"), "first"),
        (("quality", "none"), "second"),
        (("campaign", "spring"), "first"),
        (("campaign.not", "spring"), "second"),
        (("contacted", "over-30"), "first"),
        (("contacted", "last-30"), ""),
        (("contacted", "none"), "second"),
        (("created", "today"), "both"),
        (("created", "..2020-01-01"), ""),
        (("created.not", "today"), ""),
        (("due", "none"), "second"),
        (("due.not", "none"), "first"),
        (("priority", "normal"), "both"),
        (("priority.not", "normal"), ""),
        (("stage", "open"), "both"),
        (("stage", "final"), ""),
        (("transferred", "none"), "both"),
    ],
)
def test_a_field_lets_leads_through(two, pair, which):
    first, second = two
    wanted = {"first": {first.number}, "second": {second.number}, "both": {first.number, second.number}, "": set()}

    assert found(pair) == wanted[which]


def test_no_day_is_both_within_so_many_days_and_longer_ago(two):
    first, second = two
    for lead, days in ((first, 30), (second, 31)):
        lead.created_at = datetime.combine(today_here() - timedelta(days=days), time(12), UTC)
    db.session.commit()
    assert (found(("created", "last-30")), found(("created", "over-30"))) == ({first.number}, {second.number})


def test_several_values_are_any_of_them_and_several_fields_all(two, world):
    first, second = two
    stages = [("stage", str(first.stage_id)), ("stage", str(second.stage_id))]

    assert found(*stages) == {first.number, second.number}
    assert found(*stages, ("owner", str(world.bob.user_id))) == {first.number}
    assert found(("owner", "none"), ("owner", str(world.bob.user_id))) == {first.number, second.number}
    assert found(("stage.not", str(first.stage_id))) == {second.number}
    assert found(("number", first.number.lower())) == {first.number}


def test_late_is_late_and_today_is_the_workspaces_today(two):
    first, _ = two
    change(first, next_act_at=utcnow() - timedelta(hours=30))
    assert found(("due", "late")) == found(("due", "now")) == {first.number}
    assert found(("due", "today")) == set()

    change(first, next_act_at=utcnow() - timedelta(seconds=20))
    assert found(("due", "late")) == set()
    assert found(("due", "now")) == {first.number}

    change(first, created_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # half past midnight on 1 July in London
    assert found(("created", "2026-07-01")) == {first.number}
    assert found(("created", "2026-06-30")) == set()


def test_tags_and_stars(two, world):
    first, second = two
    tag, other = Tag(name="Shop front"), Tag(name="Trade")
    db.session.add_all([tag, other])
    db.session.flush()
    here = current_workspace_id()
    db.session.add(LeadTag(workspace_id=here, lead_id=first.id, tag_id=tag.id))
    db.session.add(Favourite(workspace_id=here, user_id=world.alice.user_id, lead_id=second.id))
    db.session.commit()

    assert found(("tag", str(tag.id))) == {first.number}
    assert found(("tag", str(tag.id)), ("tag", str(other.id))) == {first.number}
    assert found(("tag.not", str(tag.id))) == {second.number}
    assert found(("tag", "none")) == {second.number}
    assert found(("tag.not", "none")) == {first.number}
    assert found(("starred", "yes")) == {second.number}
    assert found(("starred", "no")) == {first.number}
    with world.bob.acting():
        assert found(("starred", "yes")) == set()


@pytest.mark.parametrize(
    "typed",
    ["ivy", "REED iv", "ba5 2qj", "BA5", "07700 900111", "900111", "ivy@example.com", "chamb", "Chamberlain street",
     "14 Chamberlain", "reed wells"],
)  # fmt: skip
def test_words_find_by_name_phone_email_and_place_and_are_not_to_be_read_in_the_address(world, make_lead, typed):
    lead = make_lead(
        name="Ivy Reed", email="ivy@example.com", phone="07700 900111", address_line1="14 Chamberlain Street",
        town="Wells",
    )  # fmt: skip
    make_lead(name="Hugh Marsh", postcode="BS28 4AB", phone="07700 900222")
    sealed = seal_words(typed)

    assert found(("words", sealed)) == {lead.number}
    assert typed not in iri_to_uri(sealed)
    assert narrowed(("words", sealed)).words == typed
    with world.mallory.acting():
        assert narrowed(("words", sealed)).is_blank
    assert narrowed(("words", "Ivy")).is_blank
    assert found(("words", seal_words("i"))) == set()


def test_words_of_two_letters_are_of_names_or_of_the_address_that_the_others_name(world, make_lead):
    lead = make_lead(name="Li Reed", address_line1="28 St Andrew's Close", town="Stoke St Michael")
    make_lead(name="Hugh Reed", phone="07700 900222", address_line1="2 Quay Street", town="Wells")
    for typed in ("28 St Andrew's Close", "stoke st michael", "li reed", "Reed St Andrew"):
        assert found(("words", seal_words(typed))) == {lead.number}, typed
    assert found(("words", seal_words("Jo Reed"))) == set()


@pytest.mark.parametrize("prefix", ["SWC", "SW1", "BATHWIND"])
def test_words_find_by_the_number_whatever_its_prefix(world, make_lead, prefix):
    current_workspace().lead_number_prefix = prefix
    lead = make_lead()
    make_lead(name="Hugh Marsh", phone="07700 900222")
    assert lead.number.startswith(f"{prefix}-")
    assert found(("words", seal_words(lead.number))) == {lead.number}
    assert found(("words", seal_words(lead.number.lower()))) == {lead.number}


def test_only_the_desk_unless_asked_for(two):
    first, second = two
    change(first, shelf="bin")

    assert found() == {second.number}
    binned = select(Lead.number).where(*LeadFilter().conditions(shelf="bin"))
    assert set(db.session.scalars(binned)) == {first.number}


@pytest.mark.parametrize(
    "pair",
    [
        ("stage", "x"), ("stage", "none"), ("owner", "1"), ("priority", "huge"), ("value", "lots"), ("value", ".."),
        ("value", "1..x"), ("created", "yesteryear"), ("created", "2026-13-01"), ("created", "0001-01-01"),
        ("created", "last-0"), ("quality", "99999"), ("area", "'; drop"), ("starred", "maybe"), ("price", "1\0"),
        ("nothing", "1"), ("stage.is", "open"), ("created", "none"), ("value", "9" * 60), ("referrer", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(world, pair):
    assert narrowed(pair).is_blank
    assert narrowed(pair).as_query() == {}


def test_it_goes_into_an_address_and_comes_back(world):
    pairs = [
        ("stage", "open"), ("stage.not", str(stage_by_key("new").id)), ("value", "100..300"), ("due", "late"),
        ("created", "2026-01-05..2026-02-01"), ("owner.not", "none"), ("area", "BA5 2"),
    ]  # fmt: skip
    first = narrowed(*pairs)

    assert [tuple(pair) for pair in first.as_pairs()] == pairs
    assert LeadFilter.from_pairs(first.as_pairs()) == first
    assert first.replaced("due", ["today"]).single("due") == "today"
    assert first.replaced("due", []).values("due") == ()
    assert narrowed(("value", "300..100")).single("value") == "100..300"
    assert narrowed(("sort", "value"), ("after", "x")).is_blank


def test_its_words(world):
    new = stage_by_key("new")
    tag = Tag(name="Shop front")
    db.session.add(tag)
    db.session.commit()
    year = utcnow().year
    every = narrowed(
        ("stage", str(new.id)), ("owner.not", str(world.bob.user_id)), ("tag", str(tag.id)), ("value", "100.."),
        ("created", f"{year}-03-08"), ("contacted", "over-30"), ("due", "none"), ("owner", "none"), ("starred", "yes"),
        ("price.not", "none"), ("words", seal_words("ivy")),
    )  # fmt: skip
    chips = every.chips(filter_choices())

    assert [chip.text for chip in chips] == [
        f"Stage: {new.name}", f"Owner: not {world.bob.name}", "Tag: Shop front", "Value a year: from £100",
        "Came in: 8 March", "Last contact: more than 30 days ago", "Next act: nothing planned", "Owner: nobody",
        "Starred by me",
        "Price a visit: not empty", "Name, phone, email or place: “ivy”",
    ]  # fmt: skip
    assert "stage" not in chips[0].without and chips[0].without["owner"] == ["none"]


def test_a_lost_lead_is_found_by_the_reason_it_was_declined_for(alice, two):
    first, second = two
    change(first, decline_reason="too_expensive")
    change(second, decline_reason="Paints his own")

    assert found(("reason", "too_expensive")) == found(("reason", "too DEAR")) == {first.number}
    assert found(("reason", "Paints his own")) == {second.number}  # as views of before say it
    form = alice.get(f"/w/{alice.slug}/leads/filter?query=reason%3DPaints+his+own").text
    assert 'name="reason" value="too_expensive"> Too dear' in form
    assert 'name="reason" value="Paints his own" checked> “Paints his own”' in form
    answer = alice.post(f"/w/{alice.slug}/leads/filter", data={"reason": ["too_expensive", "moved"]})
    assert answer.location.endswith("reason=too_expensive&reason=moved")
    assert "Reason for declining: Too dear or Moved away" in alice.get(answer.location).text
