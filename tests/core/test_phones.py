import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.phones import format_national, parse


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900123",
        "+44 7700 900123",
        "+44 (0)7700 900123",
        "0044 7700900123",
        "7700900123",
        "07700-900-123",
        "(07700) 900123",
        " 07700900123 ",
        "tel:+447700900123",
        "07700.900.123",
    ],
)
def test_however_it_is_typed_it_is_one_number(typed):
    found = parse(typed)
    assert (found.e164, found.national) == ("+447700900123", "07700 900123")
    assert (found.kind, found.is_drama, found.match_key) == ("mobile", True, "700900123")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("01632 960000", "landline"),
        ("01632 960999", "landline"),
        ("0117 496 0123", "landline"),
        ("020 7946 0999", "landline"),
        ("03069 990500", "other"),
        ("07700 900999", "mobile"),
        ("0161 496 0000", "landline"),
        ("08081 570000", "other"),
    ],
)
def test_drama_numbers_are_known(typed, kind):
    found = parse(typed)
    assert found.is_drama and found.kind == kind


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("07700 901000", "mobile"),
        ("07911 123456", "mobile"),
        ("01632 961000", "landline"),
        ("020 7946 1000", "landline"),
        ("01749 672000", "landline"),
        ("0800 111 1000", "other"),
        ("0117 497 0000", "landline"),
        ("07600 900123", "other"),
    ],
)
def test_their_neighbours_are_not_drama_numbers(typed, kind):
    found = parse(typed)
    assert not found.is_drama and found.kind == kind


@pytest.mark.parametrize(
    "typed",
    [
        None, "", "abc", "12", "07700", "07700 9001234567", "none", "+", "x" * 5000, "07700 90012", "+44 7700 90012",
        "020 7946 099", "0306 999 050", "01749 12", "01749 1234", "08001 11",
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_refused(typed):
    assert parse(typed) is None


@pytest.mark.parametrize("typed", ["0800 1111", "0845 4647", "016977 2345", "01204 62083", "0800 123456"])
def test_short_numbers_that_there_are_are_taken(typed):
    assert parse(typed) is not None


def test_foreign_numbers():
    found = parse("+33 6 12 34 56 78")
    assert (found.e164, found.kind, found.is_drama) == ("+33612345678", "mobile", False)
    assert found.national == "+33 6 12 34 56 78"
    # +1 770 090 0123 shares digits with a drama number, not its country.
    assert not parse("+1 212 736 5000").is_drama
    assert parse("06 12 34 56 78", region="FR").e164 == "+33612345678"


def test_writing_for_people():
    assert format_national("+447700900123") == "07700 900123"
    assert format_national("+441179460123") == "0117 946 0123"
    assert format_national("+442079460123") == "020 7946 0123"
    assert format_national("+33612345678") == "+33 6 12 34 56 78"
    assert format_national("not one") == "not one"


@given(st.integers(0, 999))
def test_what_is_written_reads_back(last):
    found = parse(f"07700 900{last:03d}")
    assert parse(found.national) == parse(found.e164) == found


@given(st.integers(100_000_000, 999_999_999))
def test_the_short_cut_for_mobiles_writes_what_the_library_writes(rest):
    found = parse(f"07{rest}")
    assert found is None or format_national(found.e164) == found.national


@given(st.text(max_size=70))
def test_nothing_typed_breaks_it(text):
    found = parse(text)
    assert found is None or found.e164.startswith("+")


@pytest.mark.parametrize("text", ["0770 nine", "ring me", "1-800-WINDOWS", "call Bob"])
def test_words_are_not_dialled(text: str) -> None:
    assert parse(text) is None


def test_a_word_beside_a_number_does_no_harm() -> None:
    found = parse("mobile 07700 900318")
    assert found is not None and found.e164 == "+447700900318"
