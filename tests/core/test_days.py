"""Days are read as our own messages say that they are written."""

from datetime import date

import pytest

from app.core.days import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "03/11/2026",
        "3/11/2026",
        "3.11.2026",
        "3 November 2026",
        "3rd Nov 2026",
        " 3 nov. 2026 ",
        "03/11/26",
    ],
)
def test_a_day_is_read_however_it_is_written_in_britain(text: str) -> None:
    assert read_day(text) == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["", "soon", "11/23/2026", "31/02/2026", "03/11", "3 Movember 2026", "0/0/0000"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(("text", "year"), [("3/11/68", 2068), ("3/11/69", 1969), ("3/11/99", 1999), ("3/11/00", 2000)])
def test_a_year_of_two_digits_may_be_of_the_century_before(text: str, year: int) -> None:
    assert read_day(text) == date(year, 11, 3)
