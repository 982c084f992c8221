from datetime import UTC, datetime, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.pagination import MOST_AT_ONCE, decode_cursor, encode_cursor, size_of

SECRET = b"s" * 32
HERE = "019aa000|leads|stage=new|-created_at"
PARTS = st.lists(
    st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.text(max_size=20),
        st.uuids(),
        st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=4,
)


@given(PARTS, st.text())
def test_what_goes_in_comes_out_with_its_types(parts, context):
    found = decode_cursor(encode_cursor(parts, SECRET, context), SECRET, context)
    assert found == parts
    assert [type(part) for part in found] == [type(part) for part in parts]


def test_microseconds_and_zones_survive():
    moment = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=timezone.utc)  # noqa: UP017
    assert decode_cursor(encode_cursor([moment], SECRET, HERE), SECRET, HERE) == [moment]


def test_a_cursor_is_good_for_its_own_list_and_secret_only():
    cursor = encode_cursor([1, UUID(int=1)], SECRET, HERE)
    assert decode_cursor(cursor, SECRET, HERE + "x") is None
    assert decode_cursor(cursor, SECRET, "019aa001|leads|stage=new|-created_at") is None
    assert decode_cursor(cursor, b"t" * 32, HERE) is None


def test_no_character_can_be_changed():
    cursor = encode_cursor([datetime(2026, 11, 20, tzinfo=UTC), UUID(int=7), None, "x"], SECRET, HERE)
    for place, letter in enumerate(cursor):
        for other in "AZz9-_":
            if other != letter:
                assert decode_cursor(cursor[:place] + other + cursor[place + 1 :], SECRET, HERE) is None
        assert decode_cursor(cursor[:place], SECRET, HERE) is None
    assert decode_cursor(cursor + "A", SECRET, HERE) is None


@given(st.text(max_size=60))
def test_nothing_made_up_is_read(text):
    assert decode_cursor(text, SECRET, HERE) is None


@pytest.mark.parametrize("text", [None, "", "=", "é", "A" * 5000])
def test_odd_text_is_not_read(text):
    assert decode_cursor(text, SECRET, HERE) is None


@pytest.mark.parametrize("part", [1.5, True, b"x", datetime(2026, 1, 1), object()])  # noqa: DTZ001
def test_other_types_are_refused(part):
    with pytest.raises(TypeError):
        encode_cursor([part], SECRET, HERE)


def test_a_cursor_too_long_to_read_is_not_made():
    with pytest.raises(ValueError):
        encode_cursor(["x" * 1000], SECRET, HERE)


@pytest.mark.parametrize(
    ("shown", "size"),
    [
        (None, 30),
        ("", 30),
        ("12", 30),
        ("61", 61),
        ("99999", MOST_AT_ONCE),
        ("9" * 5000, 30),
        ("-40", 30),
        ("\u00b2", 30),
    ],
)
def test_a_list_that_has_grown_gets_all_it_shows(shown, size):
    assert size_of(shown, 30) == size
