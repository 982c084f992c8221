import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import postcodes
from app.core.postcodes import Postcode, parse, parse_outward_or_full, warnings

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AREAS = st.sampled_from(sorted(postcodes.AREAS))
NUMBERS = st.one_of(
    st.integers(0, 9).map(str),
    st.integers(10, 99).map(str),
    st.builds(lambda digit, letter: f"{digit}{letter}", st.integers(0, 9), st.sampled_from("ABEHP")),
)
INWARD = st.builds(
    lambda digit, pair: f"{digit}{pair}", st.integers(0, 9), st.text(LETTERS, min_size=2, max_size=2)
)


@given(area=AREAS, number=NUMBERS, inward=INWARD, gap=st.sampled_from(["", " ", "  ", "-", "\u00a0"]))
def test_every_form_is_read_in_any_spacing_and_case(area, number, inward, gap):
    outward = area + number
    expected = Postcode(area, outward, f"{outward} {inward[0]}", f"{outward} {inward}")
    assert parse(outward + gap + inward) == expected
    assert parse(f" {outward}{gap}{inward} ".lower()) == expected
    assert parse(expected.text) == expected
    assert parse_outward_or_full(outward) == Postcode(area, outward)


@pytest.mark.parametrize(
    ("text", "outward"),
    [
        ("M1 1AE", "M1"),
        ("B33 8TH", "B33"),
        ("W1A 0AX", "W1A"),
        ("BA5 2QJ", "BA5"),
        ("DN55 1PT", "DN55"),
        ("EC1A 1BB", "EC1A"),
    ],
)
def test_the_six_outward_forms(text, outward):
    found = parse(text)
    assert found.outward == outward and found.text == str(found) == text and warnings(found) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("BA5 2QJ", "BA5 2QJ"),
        ("ba52qj", "BA5 2QJ"),
        ("B A 5 2 Q J", "BA5 2QJ"),
        ("BA 52QJ", "BA5 2QJ"),
        ("BAI IQJ", "BA1 1QJ"),
        ("BS2O OQS", "BS20 0QS"),
        ("S014 0AB", "SO14 0AB"),
        ("S01 2AB", "SO1 2AB"),
        ("0X1 1AA", "OX1 1AA"),
        ("1P1 1AA", "IP1 1AA"),
        ("PO1 100", "PO1 1OO"),
        ("BA5.2QJ", "BA5 2QJ"),
    ],
)
def test_plain_mistakes_are_put_right(typed, meant):
    assert parse(typed).text == meant


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "BA5",
        "BA",
        "2QJ",
        "BA5 QJ2",
        "BA5 2Q",
        "BA5 2QJ 1",
        "BAA5 2QJ",
        "BA555 2QJ",
        "B 2QJ",
        "BA5/2QJ",
        "БА5 2QJ",
        "BA5 2QJ; drop",
        "55 2QJ",
        "x" * 10_000,
    ],
)
def test_what_is_no_postcode_is_refused(text):
    assert parse(text) is None


def test_an_outward_code_alone():
    assert parse_outward_or_full("ba5") == Postcode("BA", "BA5")
    assert parse_outward_or_full("b a 5").text == "BA5"
    assert parse_outward_or_full("BA5 2") == Postcode("BA", "BA5", "BA5 2")
    assert parse_outward_or_full("ba5 2qj").unit == "BA5 2QJ"
    assert parse_outward_or_full("BAI").district == "BA1"
    for text in (None, "", "BA", "5", "BA5 2Q", "BATH"):
        assert parse_outward_or_full(text) is None


def test_parts():
    found = parse("DN55 1PT")
    assert (found.area, found.district, found.sector, found.unit) == ("DN", "DN55", "DN55 1", "DN55 1PT")
    assert found.inward == "1PT" and Postcode("DN", "DN55").inward is None


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("QX1 1AA", "area QX"),
        ("BA05 2QJ", "nought"),
        ("W1Z 1AA", "ends in Z"),
        ("EC1C 1AA", "ends in C"),
        ("BA5 2CI", "C or I"),
    ],
)
def test_unlikely_letters_warn_but_pass(text, about):
    assert about in " ".join(warnings(parse(text)))


@given(st.text(max_size=25))
def test_nothing_typed_breaks_it(text):
    found = parse_outward_or_full(text)
    assert found is None or parse_outward_or_full(found.text) == found


def test_hostile_input_is_quick():
    begun = time.process_time()
    for text in ("O" * 100_000, "0I" * 10, " " * 100_000, "BA" + "-" * 17):
        parse_outward_or_full(text)
    assert time.process_time() - begun < 1
