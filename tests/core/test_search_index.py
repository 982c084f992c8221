from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import postcodes
from app.core.search_index import (
    MAX_NAME_TOKENS,
    SearchIndex,
    fold,
    name_matches,
    phone_matches,
    postcode_matches,
)

KEY = bytes(range(32))
INDEX = SearchIndex(UUID(int=1), KEY)
OTHER = SearchIndex(UUID(int=2), KEY)

WORDS = st.text("abcdefghéßøŁ'’-Ñİ", min_size=1, max_size=9)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def test_folding():
    assert fold("  Zoë  ŁUKASZ Straße ") == "zoe lukasz strasse"
    assert fold("Ærøskøbing") == "aeroskobing"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(name=NAMES, query=NAMES)
def test_whatever_matches_is_found(name, query):
    if name_matches(name, query):
        assert set(INDEX.query_tokens(query)) <= INDEX.name_tokens(name)


@given(name=NAMES, cut=st.integers(2, 9))
def test_every_beginning_of_every_word_is_found(name, cut):
    for word in fold(name).replace("'", "").replace("’", "").replace("-", " ").split():
        assert name_matches(name, word[:cut])
        assert set(INDEX.query_tokens(word[:cut])) <= INDEX.name_tokens(name)


@pytest.mark.parametrize(
    ("name", "query", "matches"),
    [
        ("Zoë O'Brien-Smith", "zoe", True),
        ("Zoë O'Brien-Smith", "obrien", True),
        ("Zoë O’Brien-Smith", "o'bri smi", True),
        ("Zoë O'Brien-Smith", "brien", True),
        ("Zoë O'Brien-Smith", "rien", False),
        ("John Smith", "j smith", True),
        ("John Smith", "smith john", True),
        ("John Smith", "smithson", False),
        ("John Smith", "", False),
        ("", "smith", False),
        ("Robertson", "robertso", True),
    ],
)
def test_name_matches(name, query, matches):
    assert name_matches(name, query) is matches


def test_a_longer_word_is_looked_up_by_its_first_six_letters():
    assert INDEX.query_tokens("robertso") == INDEX.query_tokens("robert")
    assert INDEX.word_tokens("robertson") != INDEX.query_tokens("robertson")
    assert set(INDEX.word_tokens("Ann Robertson")) <= INDEX.name_tokens("Robertson, Ann")


def test_single_letters_look_nothing_up():
    assert INDEX.query_tokens("j") == []
    assert INDEX.query_tokens("j smith") == INDEX.query_tokens("smith")


def test_tokens_are_short_and_capped():
    tokens = INDEX.name_tokens(" ".join(f"word{number}xyz" for number in range(50)))
    assert len(tokens) == MAX_NAME_TOKENS
    assert {len(token) for token in tokens} == {8}
    assert len(INDEX.name_tokens("Smith")) == 4


def test_workspaces_and_kinds_share_no_token():
    for one, other in (
        (INDEX.name_tokens("Alice Archer"), OTHER.name_tokens("Alice Archer")),
        (INDEX.phone_tokens("+447700900123"), OTHER.phone_tokens("+447700900123")),
        (INDEX.phone_tokens("900123"), INDEX.name_tokens("900123")),
    ):
        assert one and other and not one & other
    kinds = ("name", "email", "phone", "postcode", "place", "lead_number")
    assert len({INDEX.exact(kind, "x") for kind in kinds}) == len(kinds)
    assert INDEX.exact("email", "a@example.com") == INDEX.exact("email", "a@example.com")
    assert INDEX.exact("email", "a@example.com") != OTHER.exact("email", "a@example.com")
    assert INDEX.exact("name", "ZOË Archer") == INDEX.exact("name", "zoe  archer")
    assert len(INDEX.exact("email", "")) == 16


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError):
        INDEX.exact("emial", "x")


@pytest.mark.parametrize(
    "typed", ["+447700900123", "07700 900123", "7700900123", "900123", "0123", "00900123"]
)
def test_phones_are_found_by_how_they_end(typed):
    held = "+447700900123"
    assert phone_matches(held, typed)
    assert INDEX.phone_query_token(typed) in INDEX.phone_tokens(held)


def test_phones_that_do_not_match():
    assert not phone_matches("+447700900123", "123")
    assert INDEX.phone_query_token("12-3") is None
    assert not phone_matches("+447700900123", "9001234")
    assert not phone_matches("123456", "07700123456")


@given(held=st.text("0123456789", max_size=13), typed=st.text("0123456789", max_size=13))
def test_whatever_phone_matches_is_found(held, typed):
    if phone_matches(held, typed):
        assert INDEX.phone_query_token(typed) in INDEX.phone_tokens(held)


@pytest.mark.parametrize("typed", ["ba5", "BA5 2", "ba5 2q", "BA52QJ", "ba5 2qj"])
def test_postcodes_are_found_at_every_level(typed):
    assert postcode_matches("BA5 2QJ", typed)
    assert INDEX.postcode_query_token(typed) in INDEX.postcode_tokens("BA5 2QJ")
    assert INDEX.postcode_tokens(postcodes.parse("ba52qj")) == INDEX.postcode_tokens("BA5 2QJ")


@pytest.mark.parametrize("typed", ["ba6", "BA5 3", "BA5 2QH", "", "BA", "hello"])
def test_postcodes_that_do_not_match(typed):
    assert not postcode_matches("BA5 2QJ", typed)
    assert INDEX.postcode_query_token(typed) not in INDEX.postcode_tokens("BA5 2QJ")


def test_a_wrong_postcode_has_no_tokens():
    assert INDEX.postcode_tokens("nonsense") == set()
    assert len(INDEX.postcode_tokens("BA5")) == 1
    assert len(INDEX.postcode_tokens("BA5 2QJ")) == 3


def test_an_index_key_must_be_whole():
    with pytest.raises(ValueError):
        SearchIndex(UUID(int=1), b"short")
