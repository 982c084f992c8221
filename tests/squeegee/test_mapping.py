"""From a lead to what Squeegee takes: rhythms, rounds, tags, notes, columns, cards, and what was typed about them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.squeegee.mapping import (
    DEFAULT_COLUMNS,
    DEFAULT_NOTES,
    FILE_FACTS,
    VARIABLES,
    Draft,
    file_row,
    job_card,
    missing_for_api,
    notes_of,
    overlaps,
    quote_card,
    read_places,
    round_of,
    tags_of,
    unknown_in,
)
from app.squeegee.mapping.pasting import read_list
from app.squeegee.mapping.shown import SHOWN, rearranged
from app.squeegee.mapping.typed import JUDGES
from app.squeegee.queries.preview import EXAMPLE
from tests.squeegee.test_api_v3 import SERVICES, facts

DAY = date(2026, 12, 8)
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Offered:
    """A rung of an offer."""

    frequency: str
    price_minor: int
    first_minor: int | None = None


def test_a_frequency_is_theirs_once_it_is_set() -> None:
    account = Draft(
        SERVICES, {"8_weekly": {"kind": "weeks", "interval": 9}, "one_off": {"kind": "weeks", "interval": 52}}
    )
    assert job_card(facts(), account, DAY).weeks == 9
    assert job_card(facts(frequency="one_off"), account, DAY).weeks == 52
    assert job_card(facts(frequency="4_weekly"), account, DAY).weeks == 4
    adhoc = Draft(SERVICES, {"12_weekly": {"kind": "adhoc"}})
    assert job_card(facts(frequency="12_weekly"), adhoc, DAY).weeks is None


def test_a_frequency_that_is_not_taken_is_named_and_makes_no_quote() -> None:
    account = Draft(SERVICES, {"12_weekly": {"kind": "none"}})
    lacks = missing_for_api(facts(frequency="12_weekly"), account)
    assert lacks == {"frequency": "a frequency that Squeegee takes (every 12 weeks is not one of them)"}
    assert missing_for_api(facts(), account) == {}
    assert quote_card(facts(), account, Offered("12_weekly", 3000), DAY) is None


def test_the_quote_of_another_rung_has_its_prices_and_rhythm() -> None:
    card = quote_card(facts(), Draft(SERVICES), Offered("4_weekly", 2000, 3000), DAY)
    assert card is not None
    assert (card.price, card.weeks) == (20, 4)
    assert "First clean £30." in card.notes and "£40" not in card.notes


def test_two_of_ours_that_are_one_of_theirs_are_sent_once() -> None:
    account = Draft({"window_cleaning": "a", "gutter_clearing": "b", "fascia_soffit": "b"})
    assert job_card(facts(extras=("gutters", "fascia")), account, DAY).service_ids == ("a", "b")


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"sector": "BA5 2", "district": "BA5"}, "Sector"),
        ({"sector": "BA5 3", "district": "BA5"}, "District"),
        ({"sector": None, "district": "BA7"}, "Area"),
        ({"sector": None, "district": "B1"}, None),
        ({"sector": None, "district": None}, None),
    ],
)
def test_the_closest_place_of_a_round_counts(place: dict[str, Any], found: str | None) -> None:
    rounds = [
        {"round": "Area", "districts": ["BA"]}, {"round": "District", "districts": ["BA5"]},
        {"round": "Sector", "districts": ["BA5 2"]}, {"round": "Late", "districts": ["BA5", "BA5 2"]},
    ]  # fmt: skip
    assert round_of(facts(**place), Draft(rounds=rounds)) == found
    assert overlaps(rounds) == [
        "BA5 is in District and in Late. District counts, as it stands first.",
        "BA5 2 is in Sector and in Late. Sector counts, as it stands first.",
    ]


def test_places_are_read_as_people_write_them() -> None:
    assert read_places("ba5, BA6 2; ba\nTA1-TA3, BA5 2QJ") == (["BA5", "BA6 2", "BA", "TA1", "TA2", "TA3", "BA5 2"], [])
    assert read_places("Wells, BA5")[1] == ["WELLS"]


def test_a_tag_with_something_unknown_in_it_is_left_out() -> None:
    account = Draft(tags=["{district}", "from {source}", "{round}", "window", "{district}"], rounds=[])
    assert tags_of(facts(source="Google"), account) == ("BS28", "from Google", "window")
    assert tags_of(facts(), Draft(tags=[])) == ()
    assert tags_of(facts(), Draft()) == ("BS28",)


def test_lines_of_the_notes_vanish_when_nothing_in_them_is_known() -> None:
    account = Draft(SERVICES, notes_template="Ring first.\nTime: {preferred_time}\n{access}\n{number} {owner}")
    assert notes_of(facts(access_notes=""), account, names_all_work=True) == "Ring first.\nWWC-2026-017"
    spoken = facts(access_notes="Gate\nDog", preferred_time="morning", owner="Bob Lane")
    said = "Ring first.\nTime: Mornings\nGate\nDog\nWWC-2026-017 Bob Lane"
    assert notes_of(spoken, account, names_all_work=True) == said


def test_what_would_be_lost_is_told_where_the_template_leaves_it_out() -> None:
    """The API takes no initial price, and no work that has no service there."""
    lead = facts(access_notes="")
    both = "Also: velux windows.\nFirst clean £40.\n"
    assert notes_of(lead, Draft(SERVICES, notes_template="{number}")) == f"{both}WWC-2026-017"
    assert notes_of(lead, Draft(SERVICES, notes_template="First: {first_price}. All: {extras}")).count("velux") == 1
    assert job_card(lead, Draft(SERVICES, notes_template="{number}"), DAY).notes.startswith(both)


def test_work_without_an_id_is_told_where_only_ids_are_sent() -> None:
    lead = facts(wishes="", access_notes="", first_price_minor=None)
    assert notes_of(lead, Draft(SERVICES)) == "Also: velux windows."
    assert notes_of(lead, Draft(SERVICES), names_all_work=True) == ""


def test_what_a_customer_wrote_is_never_a_pattern() -> None:
    assert notes_of(facts(wishes="{number} {nonsense}"), Draft(SERVICES)).endswith("{number} {nonsense}")


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_any_pattern_is_refused_or_can_be_filled(text: str) -> None:
    if unknown_in(text) is None:
        filled = notes_of(EXAMPLE, Draft(notes_template=text or DEFAULT_NOTES))
        assert "{" not in filled and "}" not in filled


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_is_known_of_a_full_lead(name: str) -> None:
    account = Draft({"window_cleaning": "a"}, rounds=[{"round": "Wells", "districts": ["BA5"]}])
    assert notes_of(EXAMPLE, Draft(account.service_ids, rounds=account.rounds, notes_template="{" + name + "}"))


def test_a_row_of_the_file_is_its_columns_in_their_order() -> None:
    account = Draft(SERVICES, rounds=[{"round": "Wedmore", "districts": ["BS28"]}])
    lead = facts(first_date=DAY, source="Google", extras=())
    cells = dict(
        zip((each.title for each in DEFAULT_COLUMNS), file_row(lead, account, DEFAULT_COLUMNS, LONDON), strict=True)
    )
    assert (cells["Cust Ref"], cells["Round"], cells["First Date"], cells["Tags"]) == (
        "WWC-2026-017", "Wedmore", "08/12/26", "BS28",
    )  # fmt: skip
    assert (cells["Mobile"], cells["Price"], cells["Source"]) == ("07700 900318", "24.50", "Google")


@pytest.mark.parametrize("key", FILE_FACTS)
def test_a_column_can_be_written_of_the_barest_lead(key: str) -> None:
    bare = facts(
        name="", email=None, phone=None, district=None, frequency=None, price_minor=None, first_price_minor=None,
        postcode="", town="", address="", line1="", access_notes="", wishes="", extras=(),
    )  # fmt: skip
    assert isinstance(FILE_FACTS[key].value(bare, Draft(), LONDON), str)


LIST = """Window cleaning\t9a1de0a6-0000-4000-8000-000000000001
Gutter cleaning, 9a1de0a6-0000-4000-8000-000000000002
9a1de0a6-0000-4000-8000-000000000003 Fascia, soffit & gutter
Interior windows;9A1DE0A6-0000-4000-8000-000000000004
Pressure washing\t9a1de0a6-0000-4000-8000-000000000005
Service\tId
"""


def test_a_pasted_list_is_matched_by_name() -> None:
    pasted = read_list(LIST)
    assert {code: service.id[-1] for code, service in pasted.matched.items()} == {
        "window_cleaning": "1", "gutter_clearing": "2", "fascia_soffit": "3", "inside": "4",
    }  # fmt: skip
    assert [each.name for each in pasted.others] == ["Pressure washing"]
    assert pasted.unread == ["Service Id"]


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_anything_can_be_pasted(text: str) -> None:
    """Each of theirs is one of ours or another, never both."""
    pasted = read_list(text)
    ours, others = ([each.id for each in found] for found in (pasted.matched.values(), pasted.others))
    assert len({*ours, *others}) == len(ours) + len(others)


KEPT = Draft(
    {"window_cleaning": "9a1de0a6-0000-4000-8000-000000000001"}, {"6_weekly": {"kind": "none"}}, ["{town}", "Sill"],
    "{wishes}", [{"round": "Wells", "districts": ["BA5", "BA6 2"]}], [{"title": "Ref", "fact": "reference"}],
)  # fmt: skip


@pytest.mark.parametrize("section", JUDGES)
@pytest.mark.parametrize("account", [Draft(), KEPT], ids=["usual", "kept"])
def test_what_is_shown_is_judged_to_be_what_is_kept(section: str, account: Draft) -> None:
    values = JUDGES[section](MultiDict(SHOWN[section](account)))
    values.pop("sends_quotes", None)
    empty = {"tags": account.tags, "notes_template": "", "frequencies": {}, "rounds": [], "file_columns": []}
    assert values == {name: getattr(account, name) or empty.get(name, {}) for name in values}


def wrong(section: str, **fields: Any) -> dict[str, str]:
    shown = {name: list(values) for name, values in SHOWN[section](KEPT).items()}
    with pytest.raises(Invalid) as found:
        JUDGES[section](
            MultiDict(shown | {name: each if isinstance(each, list) else [each] for name, each in fields.items()})
        )
    return dict(found.value.errors)


@pytest.mark.parametrize(
    ("section", "fields", "named"),
    [
        ("services", {"service_velux": "svc-1"}, "service_velux"),
        ("frequencies", {"weeks_4_weekly": "0"}, "weeks_4_weekly"),
        ("frequencies", {"weeks_4_weekly": "53"}, "weeks_4_weekly"),
        ("frequencies", {"kind_one_off": "daily"}, "kind_one_off"),
        ("wording", {"tags": "{distrct}"}, "tags"),
        ("wording", {"tags": "{wishes}"}, "tags"),
        ("wording", {"tags": "\n".join(f"tag {number}" for number in range(13))}, "tags"),
        ("wording", {"notes": "{access"}, "notes"),
        ("wording", {"notes": "x" * 2001}, "notes"),
        ("wording", {"notes": "bell\x07"}, "notes"),
        ("rounds", {"round": ["Wells", "wells "], "districts": ["BA5", "BA6"]}, "round_1"),
        ("rounds", {"round": "", "districts": "BA5"}, "round_0"),
        ("rounds", {"round": "Wells", "districts": "Wells"}, "districts_0"),
        ("rounds", {"round": "Wells", "districts": ""}, "districts_0"),
        ("file", {"title": ["Ref", "REF"], "fact": ["reference", "name"]}, "title_1"),
        ("file", {"title": "=Ref", "fact": "reference"}, "title_0"),
        ("file", {"title": "Ref", "fact": "token"}, "fact_0"),
        ("file", {"title": "", "fact": ""}, "columns"),
    ],
)
def test_what_can_not_be_taken_is_named_at_its_field(section: str, fields: dict[str, Any], named: str) -> None:
    assert set(wrong(section, **fields)) == {named}


def test_rows_are_moved_by_the_small_buttons() -> None:
    rows = {"title": ["a", "b", "c"], "fact": ["1", "2", "3"], "seen": ["x"]}
    assert rearranged("file", rows, "up:2")["title"] == ["a", "c", "b"]
    assert rearranged("file", rows, "down:0")["fact"] == ["2", "1", "3"]
    assert rearranged("file", rows, "remove:1")["title"] == ["a", "c"]
    assert rearranged("file", rows, "add")["title"] == ["a", "b", "c", ""]
    for act in ("up:0", "down:2", "up:9", "down:-1", "remove:x", "nonsense"):
        assert rearranged("file", rows, act) == rows
