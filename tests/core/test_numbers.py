"""Whole numbers that came as text."""

import pytest

from app.core.numbers import read_version, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999), ("9", 9)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == read_version(text) == number


@pytest.mark.parametrize(
    "text", [None, "", " 7", "7 ", "-7", "+7", "7.0", "1e3", "1_000", "٧", "²", "1000000000", "9" * 5000, "x"]
)
def test_anything_else_is_none(text: str | None) -> None:
    assert whole_number(text) is None and read_version(text) == -1


def test_what_is_above_the_most_is_none() -> None:
    assert whole_number("12", 12) == 12
    assert whole_number("13", 12) is None
