import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sms_text import SmsCount, count, foreign, gsm_safe, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsCount("GSM-7", 0, 0)),
        ("a" * 160, SmsCount("GSM-7", 160, 1)),
        ("a" * 161, SmsCount("GSM-7", 161, 2)),
        ("a" * 306, SmsCount("GSM-7", 306, 2)),
        ("a" * 307, SmsCount("GSM-7", 307, 3)),
        ("£" * 160, SmsCount("GSM-7", 160, 1)),
        ("€" * 80, SmsCount("GSM-7", 160, 1)),
        ("€" * 81, SmsCount("GSM-7", 162, 2)),
        ("ж" * 70, SmsCount("UCS-2", 70, 1)),
        ("ж" * 71, SmsCount("UCS-2", 71, 2)),
        ("ж" * 134, SmsCount("UCS-2", 134, 2)),
        ("ж" * 135, SmsCount("UCS-2", 135, 3)),
        ("a" * 69 + "’", SmsCount("UCS-2", 70, 1)),
        ("😀" * 35, SmsCount("UCS-2", 70, 1)),
        ("😀" * 36, SmsCount("UCS-2", 72, 2)),
        # 152 units, then a character of two that no longer fits beside them.
        ("a" * 152 + "€" + "a" * 152, SmsCount("GSM-7", 306, 3)),
        ("😀" * 67, SmsCount("UCS-2", 134, 3)),
    ],
)
def test_counting(text, expected):
    assert count(text) == expected


def test_each_extended_character_counts_two():
    assert all(count(letter).units == 2 for letter in "^{}\\[~]|€")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “fine” – see you…", 'It\'s "fine" - see you...'),
        ("Zoë’s £24.50", "Zoe's £24.50"),
        ("one\u00a0two\tthree\r\nfour\u200b", "one two three\nfour"),
        ("José Müller à Besançon", "José Müller à Besancon"),
        ("Łódź", "Lodz"),
        ("see you 😀", "see you 😀"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_making_it_plain(text, plain):
    assert gsm_safe(text) == plain


@given(st.text("abcÀÇéêëñõ‘’“”–—…£€ \u00a0\t\n"))
def test_western_text_always_fits_the_small_alphabet(text):
    assert count(gsm_safe(text)).encoding == "GSM-7"


@given(st.text())
def test_making_it_plain_twice_changes_nothing(text):
    assert gsm_safe(gsm_safe(text)) == gsm_safe(text)


@pytest.mark.parametrize(
    ("text", "runs", "plainly"),
    [
        ("See you “soon” – Zoë", {}, 'See you "soon" - Zoe'),
        ("Hi 👍🏽 there", {"👍🏽": ""}, "Hi there"),
        ("20° → ☺️", {"☺️": ":)", "°": " degrees", "→": "->"}, "20 degrees -> :)"),
        ("Привет, you", {"Привет": ""}, ", you"),
    ],
)
def test_what_makes_a_text_dear_is_found_and_can_be_written_plainly(text, runs, plainly):
    assert foreign(gsm_safe(text)) == runs
    assert plain(text) == plainly


@given(st.text(max_size=80))
def test_what_is_written_plainly_is_never_dear(text):
    assert count(plain(text)).encoding == "GSM-7"
