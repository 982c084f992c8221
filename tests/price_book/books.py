"""Price books for the tests: a plain one, made-up ones of every shape, and the form that would save one."""

from typing import Any

from hypothesis import strategies as st

from app.contacts.models import BEDROOMS
from app.leads.models import EXTRAS, FREQUENCIES
from app.price_book.queries import Book, Extra, Surcharge, Wanted
from app.price_book.queries.book import HOMES, ROUNDING_STEPS
from app.price_book.queries.sheet import sheet_of

URL = "/w/wells/settings/prices"
SEMI = Wanted("semi", "3", "window_cleaning", (), None)
PLAIN = Book(
    cells={
        ("semi", "3", "4_weekly"): 1600, ("semi", "4", "4_weekly"): 1900, ("semi", "3", "8_weekly"): 2050,
        ("semi", "4", "8_weekly"): 2400,
    },
    multipliers={"12_weekly": 14_500, "one_off": 30_000},
    first_clean=15_000,
    extras={
        "conservatory": Extra("visit", {"1-2": 500}), "gutters": Extra("once", {"1-2": 8000, "4": 10_000}),
        "velux": Extra("ask", {"1-2": 300}),
    },
    surcharges=(Surcharge(("BA11",), "Travel", "amount", 200), Surcharge(("TA1", "TA2"), "Parking", "percent", 1_000)),
    minimum_minor=1_200,
    rounding="nearest_50",
)  # fmt: skip

_prices = st.integers(1, 20_000)
_rows = st.lists(st.none() | _prices, min_size=5, max_size=5)


def _in_order(row: list[int | None]) -> list[int | None]:
    rest = sorted(minor for minor in row if minor is not None)
    return [None if minor is None else rest.pop(0) for minor in row]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book of one kind of house, with whatever else a book may have."""
    # Rising rows are what a firm writes; the others are there to be refused.
    rows = _rows.map(_in_order) if draw(st.sampled_from([True, True, False])) else _rows
    columns = {key: draw(rows if key == "4_weekly" else rows | st.just([None] * 5)) for key in FREQUENCIES}
    extras = {
        key: Extra(draw(st.sampled_from(["visit", "visit", "once", "ask"])), _written(draw(rows)))
        for key in draw(st.lists(st.sampled_from(EXTRAS), unique=True, max_size=4))
    }
    return Book(
        cells={
            ("semi", bedrooms, key): minor
            for key, column in columns.items()
            for bedrooms, minor in zip(BEDROOMS, column, strict=True)
            if minor is not None
        },
        multipliers=draw(
            st.dictionaries(
                st.sampled_from([key for key in FREQUENCIES if key != "4_weekly"]), st.integers(5_000, 40_000)
            )
        ),
        first_clean=draw(st.integers(10_000, 30_000)),
        extras=extras,
        surcharges=tuple(draw(st.lists(_surcharges, max_size=1))),
        minimum_minor=draw(st.integers(0, 3_000)),
        rounding=draw(st.sampled_from(sorted(ROUNDING_STEPS))),
    )


_surcharges = st.one_of(
    st.builds(Surcharge, st.just(("BA11",)), st.just("Travel"), st.just("amount"), st.integers(1, 2_000)),
    st.builds(Surcharge, st.just(("BA11",)), st.just("Travel"), st.just("percent"), st.integers(1, 5_000)),
)
wanteds = st.builds(
    Wanted,
    st.sampled_from(["semi", "semi", "semi", HOMES[0]]),
    st.sampled_from(BEDROOMS),
    st.sampled_from(["window_cleaning", "window_cleaning", "gutter_clearing", "solar_panels", "other"]),
    st.lists(st.sampled_from(EXTRAS), unique=True, max_size=4).map(tuple),
    st.sampled_from([None, "BA5", "BA11"]),
)


def _written(row: list[int | None]) -> dict[str, int]:
    return {bedrooms: minor for bedrooms, minor in zip(BEDROOMS, row, strict=True) if minor is not None}


def typed(book: Book, seen: str = "", **changes: Any) -> dict[str, Any]:
    """What the page sends to save `book`; a change of None leaves the field out."""
    sheet = sheet_of(book, "GBP")
    fields: dict[str, Any] = {
        **sheet.values,
        "s-districts": [row.districts for row in sheet.rows],
        "s-words": [row.words for row in sheet.rows],
        "s-amount": [row.amount for row in sheet.rows],
        "seen": seen, "valid_from": "",
    }  # fmt: skip
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
