"""Addresses from one cell."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.addresses import COUNTIES, split_address, street_of


@pytest.mark.parametrize(
    ("text", "line1", "line2", "town", "postcode"),
    [
        ("12 Mill Lane, Wells, Somerset BA5 2QJ", "12 Mill Lane", "", "Wells", "BA5 2QJ"),
        ("12 Mill Lane Wells Somerset BA52QJ", "12 Mill Lane", "", "Wells", "BA5 2QJ"),
        ("12 mill lane\r\nwells\r\nba5 2qj", "12 mill lane", "", "wells", "BA5 2QJ"),
        ("Flat 2, 7 High St, Wells BA5 2QJ", "Flat 2, 7 High St", "", "Wells", "BA5 2QJ"),
        ("Flat 2 7 High St Wells ba5 2qj", "Flat 2, 7 High St", "", "Wells", "BA5 2QJ"),
        ("Basement flat, 9 Vicars Close, Wells", "Basement flat, 9 Vicars Close", "", "Wells", ""),
        ("12, Mill Lane, Wells", "12 Mill Lane", "", "Wells", ""),
        ("Rose Cottage, Mill Lane, Wells, BA5 2QJ", "Rose Cottage", "Mill Lane", "Wells", "BA5 2QJ"),
        ("Rose Cottage, Mill Lane BA5 2QJ", "Rose Cottage", "Mill Lane", "", "BA5 2QJ"),
        ("12 St Cuthbert Street Wells BA5 2AW", "12 St Cuthbert Street", "", "Wells", "BA5 2AW"),
        ("12 Somerton Road, Street, Somerset, BA16 0AB", "12 Somerton Road", "", "Street", "BA16 0AB"),
        ("12 Somerton Road Street Somerset BA16 0AB", "12 Somerton Road", "", "Street", "BA16 0AB"),
        ("4 High Street East Coker BA22 9AA", "4 High Street", "", "East Coker", "BA22 9AA"),
        ("5 Somerset Road Bridgwater", "5 Somerset Road", "", "Bridgwater", ""),
        ("14a Priory Mews, Nailsea, North Somerset, BS48 1AA, England", "14a Priory Mews", "", "Nailsea", "BS48 1AA"),
        ("12 Mill Lane, Wells, BA5", "12 Mill Lane", "", "Wells", "BA5"),
        ("1 Mill Lane, Wells BA5 2OJ", "1 Mill Lane", "", "Wells", "BA5 2OJ"),
        ("1 Mill Lane, Wells BA5 IQJ", "1 Mill Lane", "", "Wells", "BA5 1QJ"),
        ("The Old Rectory, Church Lane, Chew Magna, Bristol BS40 8AA", "The Old Rectory", "Church Lane, Chew Magna",
         "Bristol", "BS40 8AA"),
        ("BA5 2QJ", "", "", "", "BA5 2QJ"),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_it_takes_an_address_apart(text: str, line1: str, line2: str, town: str, postcode: str) -> None:
    found = split_address(text)
    assert (found.line1, found.line2, found.town, str(found.postcode or "")) == (line1, line2, town, postcode)


_WORDS = st.lists(
    st.sampled_from(
        ["12", "14a", "Flat 2", "Mill Lane", "High St", "Wells", "Street", "The Green", "St", "Rose Cottage", "BA5 2QJ",
         "Somerset", "Park", "Unit B2", "Ärmel-Weg", "BA5", ",", "\n", "No. 3", "&", "UK"]
    ),
    max_size=9,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(_WORDS.map(" ".join), _WORDS.map(", ".join), st.text(max_size=60)))
def test_no_word_of_an_address_is_lost(text: str) -> None:
    found = split_address(text)
    kept = _letters(f"{found.line1} {found.line2} {found.town} {found.postcode or ''} {' '.join(COUNTIES)} ukgbengland")
    for word in re.findall(r"[A-Za-z]{3,}", text):
        assert word.casefold() in kept
    assert not re.search(r"[\n\r\t]", found.line1 + found.line2 + found.town)


def test_streets_agree_however_they_are_written() -> None:
    assert street_of("12 Mill Ln.") == street_of("12 mill lane") == ("12", "mill", "lane")
    assert street_of("3 St Cuthbert's St") == ("3", "st", "cuthberts", "street")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())
