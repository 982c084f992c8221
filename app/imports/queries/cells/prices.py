"""Prices, as sums alone and in the middle of words."""

import re
from dataclasses import dataclass

from app.core.money import parse_money

UNREADABLE, SEVERAL, PER_MONTH = "price_unreadable", "price_several", "price_per_month"

_WITH_SIGN = re.compile(r"£\s?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,6}(?:\.\d{1,2})?)(?![\d,]*\d)")
_WITH_PENCE = re.compile(r"(?<![\d.,/])(\d{1,5}\.\d{2})(?![\d.])")
_POUNDS = re.compile(r"(?<![\d.])(\d{1,5}(?:\.\d{1,2})?)\s?(?:pounds|quid|gbp)\b", re.IGNORECASE)
_LONE = re.compile(r"(?<![\d.,/£-])(\d{1,5}(?:\.\d{1,2})?)(?![\d.,/]*\d)")
_RANGE = re.compile(r"£\s?\d+(?:\.\d+)?\s?(?:-|–|to|/|or)\s?£?\s?\d")
#: The same without any sign, which may also speak of something else: "20-25", but "8-10 windows 24.50".
_BARE_RANGE = re.compile(r"(?<![\d.,/£-])(\d{1,5}(?:\.\d{1,2})?)\s?(?:-|–|to|/|or)\s?\d")
#: Two windows at a price each, and money that goes the other way.
_RECKONED = re.compile(r"\d\s?[x×*]\s?£|£\s?\d+(?:\.\d+)?\s?[x×*]\s?\d", re.IGNORECASE)
_OWED = re.compile(r"[-−]£|£\s?[-−]")
_A_MONTH = re.compile(
    r"\b(?:per|a|each)\s+(?:month|year|annum)\b|\d\s?p\.?/?c?\.?m\b|/\s?(?:month|mth|year)|\bmonthly\b", re.IGNORECASE
)
_FIRST = re.compile(
    r"\b(?:first|1st|initial)(?:\s+(?:clean|visit|time|price))*\s*(?:is|at|:|=|-|was)?\s*£\s?(\d{1,5}(?:\.\d{1,2})?)"
    r"|£\s?(\d{1,5}(?:\.\d{1,2})?)\s*(?:for\s+)?(?:the\s+)?(?:first|1st|initial)\b(?:\s+(?:clean|visit))?",
    re.IGNORECASE,
)
#: Behind "£24 first clean": the price that those words may belong to instead.
_ANOTHER = re.compile(r"\s*(?:is|at|:|=|-|was)?\s*£\s?(\d{1,5}(?:\.\d{1,2})?)")
_NOTHING = re.compile(r"(?:tbc|tba|n/?a|none|nil|-+|\?+|foc|free|unknown|to be confirmed|£?0+(?:\.0+)?)", re.IGNORECASE)
#: A sum above this is a number of something else.
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """A price in minor units, or None, and why it could not be told."""

    minor: int | None
    code: str | None = None


def read_price(cell: str) -> Price:
    """What a cell of a price column says; an empty one, "tbc" and nought say nothing."""
    text = " ".join(cell.split())
    if not text or _NOTHING.fullmatch(text):
        return Price(None)
    sum_alone = parse_money(text)
    if sum_alone is not None:
        return _judged({sum_alone}, text)
    sums = _sums(text) or {*_minor(_LONE.findall(text))}
    if sums & {*_minor(_BARE_RANGE.findall(text))}:
        return Price(None, SEVERAL)
    return _judged(sums, text)


def find_price(text: str) -> Price | None:
    """The one price among free words, told by its sign or its pence; None when they name none."""
    sums = {each for each in _sums(text) if each}
    return _judged(sums, text) if sums else None


def parted_first(text: str) -> tuple[str, int | None]:
    """Words without what they say of the first clean ("first clean £48, then £24"), and its price.

    Between two prices ("£24 first clean £48") they speak of the dearer one.
    """
    found = _FIRST.search(text)
    if found is None:
        return text, None
    another = _ANOTHER.match(text, found.end()) if found[2] else None
    if another and float(another[1]) > float(found[2]):
        return f"{text[: found.start()]} £{found[2]} {text[another.end() :]}", parse_money(another[1])
    return text[: found.start()] + " " + text[found.end() :], parse_money(found[1] or found[2])


def _judged(sums: set[int], text: str) -> Price:
    sums = {each for each in sums if 0 < each <= _MOST}
    if not sums:
        return Price(None, UNREADABLE)
    if _OWED.match(text.strip()):
        return Price(None, UNREADABLE)
    if len(sums) > 1 or _RANGE.search(text) or _RECKONED.search(text):
        return Price(None, SEVERAL)
    return Price(None, PER_MONTH) if _A_MONTH.search(text) else Price(sums.pop())


def _sums(text: str) -> set[int]:
    for pattern in (_WITH_SIGN, _POUNDS, _WITH_PENCE):
        found = pattern.findall(text)
        if found:
            return set(_minor(found))
    return set()


def _minor(found: list[str]) -> list[int]:
    return [sum_ for each in found if (sum_ := parse_money(each.replace(",", ""))) is not None]
