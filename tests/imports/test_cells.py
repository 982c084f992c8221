"""What people write into cells is read, or said to be unreadable; never guessed at."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.contacts.models import BEDROOMS, Contact
from app.extensions import db
from app.imports.models import Import
from app.imports.queries.cells.choices import is_in_squeegee, read_bedrooms, read_choice
from app.imports.queries.cells.frequencies import find_frequency, read_frequency
from app.imports.queries.cells.moments import read_moment
from app.imports.queries.cells.prices import find_price, parted_first, read_price
from app.imports.queries.cells.wanted import read_wanted
from app.imports.queries.fields import FIELDS
from app.imports.queries.suggesting import suggest
from app.imports.services.rows import read_row
from app.imports.services.setting import Setting
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("cell", "key", "code"),
    [
        ("every 4 weeks on Friday", "4_weekly", None), ("8-weekly", "8_weekly", None), ("28 days", "4_weekly", None),
        ("Every eight weeks", "8_weekly", None), ("6", "6_weekly", None), ("8/52", "8_weekly", None),
        ("12wks", "12_weekly", None),
        ("ad hoc", "one_off", None), ("One-off", "one_off", None), ("", None, None),
        ("monthly", None, "frequency_other"), ("Fortnightly", None, "frequency_other"),
        ("5 weekly", None, "frequency_other"), ("4/6 weekly", None, "frequency_several"),
        ("once a quarter", None, "frequency_other"), ("once each week", None, "frequency_other"),
        ("once every 8 weeks", "8_weekly", None), ("once a year", None, "frequency_other"),
        ("whenever", None, "frequency_unreadable"), ("Friday", None, None),
    ],
)  # fmt: skip
def test_rhythms(cell: str, key: str | None, code: str | None) -> None:
    found = read_frequency(cell)
    assert (found.key, found.code) == (key, code)


def test_a_rhythm_among_free_words_needs_its_weeks() -> None:
    found = find_frequency("4 bed, windows every 8 weeks £24")
    assert found is not None and found.key == "8_weekly"
    assert find_frequency("4 bed, front and back £24") is None
    for text in ("Windows £24 8 weekly", "Windows £24.50 8 weekly", "Windows £24 - 8 weekly", "Windows £ 24/8 wks"):
        found = find_frequency(text)
        assert found is not None and (found.key, found.code) == ("8_weekly", None), text


@pytest.mark.parametrize(
    ("cell", "minor", "code"),
    [
        ("£24.50", 2450, None), ("24", 2400, None), ("£1,170", 117000, None), ("£24 every 4 weeks", 2400, None),
        ("24 pounds", 2400, None), ("about 30", 3000, None), ("tbc", None, None), ("£0", None, None),
        ("Windows £24, gutters £80", None, "price_several"), ("£20-£25", None, "price_several"),
        ("£24 per month", None, "price_per_month"), ("£24pm", None, "price_per_month"),
        ("20-25", None, "price_several"), ("20.50 to 25", None, "price_several"), ("24.50, 8-10 panes", 2450, None),
        ("ask Bob", None, "price_unreadable"), ("-5", None, "price_unreadable"),
        ("-£24", None, "price_unreadable"), ("£-24", None, "price_unreadable"), ("2 x £12", None, "price_several"),
        ("£12 × 2", None, "price_several"), ("3 x Velux £12", 1200, None),
    ],
)  # fmt: skip
def test_prices(cell: str, minor: int | None, code: str | None) -> None:
    found = read_price(cell)
    assert (found.minor, found.code) == (minor, code)


@pytest.mark.parametrize(
    "said",
    ["£24, first clean £48", "£24 first clean £48", "£24 first £48", "£48 first £24", "first clean at £48, £24 after",
     "£48 for the first clean then £24"],
)  # fmt: skip
def test_the_first_clean_is_told_from_the_price(said: str) -> None:
    rest, first = parted_first(f"Windows 8 weekly {said}")
    price = find_price(rest)
    assert first == 4800 and price is not None and price.minor == 2400
    assert find_price("4 bed, 8 weekly") is None


def test_a_number_that_was_kept_as_a_sum_is_one(bring_in: Callable[..., Import]) -> None:
    bring_in([["Ann Pike", "7700900123.0", "Processed"]], ["Name", "Mobile", "Squeegee Status"])
    contact = db.session.scalars(select(Contact)).one()
    assert contact.phone == "+447700900123"


@pytest.mark.parametrize(
    ("text", "service", "extras"),
    [
        ("Windows and conservatory roof, 8 weekly £24", "window_cleaning", ("conservatory_roof",)),
        ("Gutters, fascia", "gutter_clearing", ("fascia",)), ("Solar panels", "solar_panels", ()),
        ("Window cleaning, no conservatory", "window_cleaning", ()), ("", "window_cleaning", ()),
        ("In & out windows, velux x3", "window_cleaning", ("velux", "inside")),
    ],
)  # fmt: skip
def test_services(text: str, service: str, extras: tuple[str, ...]) -> None:
    found = read_wanted(text)
    assert (found.service, found.extras, found.code) == (service, extras, None)


def test_services_that_name_nothing_we_know_are_said() -> None:
    assert read_wanted("The usual").code == "services_unread"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("03/11/26", datetime(2026, 11, 3, 12, tzinfo=UTC)), ("03/11/98", datetime(1998, 11, 3, 12, tzinfo=UTC)),
        ("2026-07-03 14:30", datetime(2026, 7, 3, 13, 30, tzinfo=UTC)),
        ("November 3, 2026 2:15 PM", datetime(2026, 11, 3, 14, 15, tzinfo=UTC)),
        ("3rd Nov 2026", datetime(2026, 11, 3, 12, tzinfo=UTC)), ("46329", datetime(2026, 11, 3, 12, tzinfo=UTC)),
        ("2026-11-03T14:15:00+02:00", datetime(2026, 11, 3, 12, 15, tzinfo=UTC)),
        ("2026-07-03 14:30 UTC", datetime(2026, 7, 3, 14, 30, tzinfo=UTC)),
        ("3 July 2026 2:30 PM (GMT)", datetime(2026, 7, 3, 14, 30, tzinfo=UTC)),
        ("July 3, 2026 2:30 PM (GMT+1)", datetime(2026, 7, 3, 13, 30, tzinfo=UTC)),
        ("2026-07-03 14:30 BST", datetime(2026, 7, 3, 13, 30, tzinfo=UTC)),
        ("2026-07-03T14:30:00Z", datetime(2026, 7, 3, 14, 30, tzinfo=UTC)),
        ("Nov 3, 2026 → Nov 9, 2026", datetime(2026, 11, 3, 12, tzinfo=UTC)),
        ("11/23/2026", None), ("31/02/26", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_days_and_moments(cell: str, moment: datetime | None) -> None:
    assert read_moment(cell, LONDON) == moment


@pytest.mark.parametrize("cell", ["9999-12-31 23:00 -05:00", "31/12/9999", "1 January 2201"])
def test_a_day_beyond_all_ours_is_none(cell):
    """The very last ones lie in no other zone, and nothing came in then."""
    assert read_moment(cell, LONDON) is None


def test_words_that_choose() -> None:
    houses = [read_choice("property_type", cell) for cell in ("Semi-detached", "Detached", "End of terrace", "Boat")]
    assert houses == ["semi", "detached", "terraced", None]
    stages = [read_choice("stage", cell) for cell in ("Quote sent", "Won", "Lost - too dear", "No reply", "Purple")]
    assert stages == ["quote_sent", "ready_for_squeegee", "declined", "lost_contact", None]
    assert [read_bedrooms(cell) for cell in ("3 bed", "1-2", "seven", "none")] == ["3", "1-2", "6+", None]
    assert [read_bedrooms(cell) for cell in ("2 bed, 3 bath", "5-bed", "3/4 beds", "5+")] == ["1-2", "5", "4", "5"]
    there = [is_in_squeegee(cell) for cell in ("Processed", "Not Processed", "", "Mill Lane")]
    assert there == [True, False, None, None]


def test_what_is_still_to_be_entered_is_not_in_squeegee() -> None:
    for cell in ("To be added", "Ready to be entered", "To be processed", "Needs adding", "Un-processed", "Incomplete"):
        assert is_in_squeegee(cell) is False, cell
    for cell in ("Added, price to be checked", "Set up", "Entered 3 Nov", "Complete"):
        assert is_in_squeegee(cell) is True, cell


def test_words_that_say_no_are_not_taken_for_their_opposite() -> None:
    words = ("Quote not accepted", "Waiting for customer", "Incomplete", "Inactive", "Unlikely")
    assert [read_choice("stage", cell) for cell in words] == ["declined", "negotiating", None, None, None]
    assert [read_choice("stage", cell) for cell in ("Quote accepted", "Likely")] == ["ready_for_squeegee", "hot_lead"]
    assert {read_choice("stage", cell) for cell in ("Customer", "Complete", "Active")} == {"transferred_to_squeegee"}


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("Site visit booked", "quote_requested"), ("Booked in for a quote", "quote_requested"),
        ("Booked in for Tuesday", "booking_confirmed"), ("Not contacted yet", "new"), ("Uncontacted", "new"),
        ("To be contacted", None), ("Not booked", None),
        ("Not in Squeegee", None), ("Not yet quoted", None), ("Quote not sent", "quote_requested"),
        ("Quote to be sent", "quote_requested"), ("No longer interested", "declined"), ("Won’t proceed", "declined"),
        ("Doesn't want it", None), ("Can't reach them", "lost_contact"), ("Won - not yet added", "ready_for_squeegee"),
        ("To be added", "ready_for_squeegee"), ("Not an existing customer", None),
    ],
)  # fmt: skip
def test_a_stage_that_was_not_reached_is_not_taken_for_reached(cell: str, key: str | None) -> None:
    assert read_choice("stage", cell) == key


def test_squeegees_own_table_is_known_by_its_titles() -> None:
    header = ["Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Phone", "Mobile", "Source", "Added"]
    layout, mapping = suggest(header, [])
    assert layout == "squeegee" and mapping["4"] == "address" and mapping["8"] == "created_at" and len(mapping) == 9


def test_short_titles_of_one_s_own_table_are_known() -> None:
    mapping = suggest(["Customer", "Tel", "Addr", "Post code", "Freq"], [])[1]
    assert mapping == {"0": "name", "1": "phone", "2": "address", "3": "postcode", "4": "frequency"}


def test_columns_without_telling_titles_are_told_by_what_is_in_them() -> None:
    rows = [["a@example.com", "07700 900123", "x"], ["b@example.com", "01632 960001", "y"]]
    assert suggest(["One", "Two", "Date email sent"], rows) == ("plain", {"0": "email", "1": "phone"})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_no_cell_makes_a_reader_fall_over(cell: str) -> None:
    """Whatever stands there: what is read is something that a lead can have."""
    read_moment(cell, LONDON), parted_first(cell), is_in_squeegee(cell), read_choice("stage", cell)
    assert read_frequency(cell).key in (None, *FREQUENCIES)
    assert read_bedrooms(cell) in (None, *BEDROOMS)
    assert (read_price(cell).minor or 0) >= 0
    wanted = read_wanted(cell)
    assert wanted.service in SERVICES and set(wanted.extras) <= set(EXTRAS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=len(FIELDS)))
def test_no_row_makes_the_reader_fall_over(cells: list[str]) -> None:
    here = uuid4()
    setting = Setting(
        layout="plain", columns={field.key: [number] for number, field in enumerate(FIELDS)}, zone=LONDON,
        currency="GBP", now=datetime.now(UTC), stages={here: "new"}, stage_words={}, stage_id=here, sources={},
        source_id=here, owners={}, owner_id=None, tag="", skips_duplicates=False, begins_sequences=False,
        stages_by_key={"new": here},
    )  # fmt: skip
    facts = read_row(setting, cells)
    assert facts.is_invalid or (facts.name and facts.stage_id == here)


def test_cells_made_to_take_long_are_read_at_once() -> None:
    setting = Setting(
        layout="plain", columns={"services": [0], "phone": [1], "email": [1]}, zone=LONDON, currency="GBP",
        now=datetime.now(UTC), stages={}, stage_words={}, stage_id=uuid4(), sources={}, source_id=uuid4(), owners={},
        owner_id=None, tag="", skips_duplicates=False, begins_sequences=False,
    )  # fmt: skip
    began = time.process_time()
    read_row(setting, ["first" + " " * 30_000 + "x", "12345/" * 5_000])
    assert time.process_time() - began < 1
