"""How often, in people's words.

Weekdays are taken out first: "every 4 weeks on Friday" speaks of no day's rhythm. Rhythms that we do not keep (monthly,
fortnightly, every 5 weeks) give no key but a code: the words stay as they are, beside the lead, for a person.
"""

import re
from dataclasses import dataclass

from app.leads.models import FREQUENCIES
from app.leads.words import NOT_KNOWN

OTHER, SEVERAL, UNREADABLE = "frequency_other", "frequency_several", "frequency_unreadable"

_KEYS = {weeks: key for key, weeks in FREQUENCIES.items() if weeks}
_WEEKDAY = re.compile(r"\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?s?\b")
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "eight": "8", "ten": "10", "twelve": "12",
}  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})\b")
#: Two numbers are two rhythms only with something between them that says so, and pounds are none: "£24 - 8 weekly".
_WEEKS = re.compile(
    r"(?<!£)(?<!£\s)(?<!\d\.)\b(\d{1,2})\s*(?:(?:-|/|to|or|and|&)\s*(\d{1,2})\s*)?-?\s*(?:w(?:ee)?k(?:s|ly|lies)?|w)\b"
)
_TRADE = re.compile(r"\b(\d{1,2})\s*/\s*52\b")
_DAYS = re.compile(r"\b(\d{2})\s*-?\s*days?\b")
_ONCE = re.compile(
    r"\b(?:one[ -]?off|once only|just once|once|1[ -]?off|ad[ -]?hoc|single(?: clean| visit)?|as and when|on request|"
    r"when needed|as required|one time|one clean)\b"
)
_OTHERS = re.compile(
    r"\b(?:fortnight\w*|bi-?weekly|weekly|every week|monthly|month|months|quarterly|bi-?monthly|annual\w*|yearly|"
    r"six[ -]monthly|half[ -]yearly|(?:a|per|each) (?:week|month|quarter|season|year)|every quarter)\b"
)
_BARE = re.compile(r"(?:every\s*)?(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rhythm that was read: its key (of FREQUENCIES) or None, and why not."""

    key: str | None
    code: str | None = None


def read_frequency(cell: str) -> Rhythm:
    """What a cell of a frequency column says; an empty one, and one that says that nobody knows, say nothing."""
    text = _plain(cell)
    if not text or text == NOT_KNOWN.casefold():
        return Rhythm(None)
    bare = _BARE.fullmatch(text)
    if bare:
        return _of_weeks({int(bare[1])})
    return _found(text) or Rhythm(None, UNREADABLE)


def find_frequency(text: str) -> Rhythm | None:
    """The rhythm that free words speak of; None when they speak of none."""
    return _found(_plain(text))


def _found(text: str) -> Rhythm | None:
    weeks = {int(number) for pair in _WEEKS.findall(text) for number in pair if number}
    weeks |= {int(number) for number in _TRADE.findall(text)}
    weeks |= {int(days) // 7 for days in _DAYS.findall(text) if int(days) % 7 == 0}
    weeks.discard(0)
    if weeks:
        return _of_weeks(weeks)
    if _OTHERS.search(text):
        return Rhythm(None, OTHER)
    return Rhythm("one_off") if _ONCE.search(text) else None


def _of_weeks(weeks: set[int]) -> Rhythm:
    if len(weeks) > 1:
        return Rhythm(None, SEVERAL)
    key = _KEYS.get(next(iter(weeks)))
    return Rhythm(key) if key else Rhythm(None, OTHER)


def _plain(text: str) -> str:
    text = _WEEKDAY.sub(" ", text.casefold().replace("–", "-").replace("‑", "-"))
    text = _NUMBER_WORD.sub(lambda found: _NUMBER_WORDS[found[1]], text)
    return " ".join(re.sub(r"\bon\s*$", "", " ".join(text.split())).split()).strip(" .,;")
