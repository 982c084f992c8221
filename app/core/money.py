"""Money in whole minor units (pence) with a currency, and what a price is worth over a year in this trade."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from babel.numbers import get_currency_precision, get_currency_symbol

Pence = Literal["auto", "always", "never"]

# How the trade counts visits a year: rounds drift, so six-weekly is 8.67 and twelve-weekly 4.33, not 52/6 and
# 52/12.
_TRADE_VISITS = {4: Fraction(13), 6: Fraction(867, 100), 8: Fraction(13, 2), 12: Fraction(433, 100)}
_WEEKS_A_YEAR = 52

# Bounded groups only: thousands are set off by commas in threes, or not at all.
_AMOUNT = re.compile(r"(?P<whole>\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(?P<part>\d{1,3}))?")
_PENCE_ONLY = re.compile(r"(\d{1,12})\s?p")
_LONGEST_INPUT = 30


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: `Money(2450, "GBP")` is £24.50. Different currencies do not add."""

    minor: int
    currency: str = "GBP"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError("Amounts of different currencies cannot be reckoned together.")
        return other


def parse_money(text: str | None, currency: str = "GBP") -> int | None:
    """Read "£24.50", "24", "1,170", "24 GBP" or "50p" as minor units; None for anything else, negative
    amounts included.

    "24.5" is £24.50; more decimals than the currency has are refused rather than rounded.
    """
    if not text or len(text) > _LONGEST_INPUT:
        return None
    places, symbol = _currency_facts(currency)
    bare = " ".join(text.split())
    pence = _PENCE_ONLY.fullmatch(bare.lower())
    if pence and currency == "GBP" and bare.isascii():
        return int(pence[1])
    bare = bare.removeprefix(symbol)
    if bare == " ".join(text.split()):
        upper = bare.upper()
        bare = upper.removeprefix(currency) if upper.startswith(currency) else upper.removesuffix(currency)
    found = _AMOUNT.fullmatch(bare.strip())
    if found is None or not bare.isascii():
        return None
    part = found["part"] or ""
    if len(part) > places:
        return None
    return int(found["whole"].replace(",", "") + part.ljust(places, "0"))


def format_money(minor: int, currency: str = "GBP", pence: Pence = "auto") -> str:
    """Write minor units for people: "£24", "£24.50", "£1,170", "-£5".

    `pence`: "auto" leaves them out when they are nought, "always" writes them, "never" rounds half up to
    whole units.
    """
    places, symbol = _currency_facts(currency)
    scale = 10**places
    size = abs(minor)
    if pence == "never":
        size = (size + scale // 2) // scale * scale
    whole, part = divmod(size, scale)
    sign = "-" if minor < 0 and size else ""
    decimals = f".{part:0{places}d}" if places and (pence == "always" or (part and pence == "auto")) else ""
    gap = " " if symbol[-1:].isalpha() else ""
    return f"{sign}{symbol}{gap}{whole:,}{decimals}"


def plain_amount(minor: int | None, currency: str = "GBP", pence: Pence = "auto") -> str:
    """Write minor units as a field takes them, without symbol and commas: "24", "24.50", "1170"; "" for None."""
    if minor is None:
        return ""
    _, symbol = _currency_facts(currency)
    return format_money(minor, currency, pence).replace(symbol, "", 1).replace(",", "").strip()


def annual_minor(price_minor: int, interval_weeks: int | None) -> int:
    """Return what a price is worth in a year, in minor units, rounded half up.

    `interval_weeks` is the number of weeks between visits; None is a one-off, which does not recur: 0. Four-, six-,
    eight- and twelve-weekly count as the trade does (13, 8.67, 6.5, 4.33 visits), other intervals 52 / weeks. Raises
    ValueError for an interval below one week.
    """
    if interval_weeks is None:
        return 0
    return _half_up(price_minor * _visits_a_year(interval_weeks))


def monthly_minor(price_minor: int, interval_weeks: int | None) -> int:
    """Return a twelfth of the year's worth, in minor units, rounded half up; 0 for a one-off, which does not
    recur.
    """
    if interval_weeks is None:
        return 0
    return _half_up(price_minor * _visits_a_year(interval_weeks) / 12)


def _visits_a_year(interval_weeks: int) -> Fraction:
    if interval_weeks < 1:
        raise ValueError("A visit interval is at least one week.")
    return _TRADE_VISITS.get(interval_weeks) or Fraction(_WEEKS_A_YEAR, interval_weeks)


def _half_up(amount: Fraction) -> int:
    """Round to the nearest whole, halves away from nought, so that a refund mirrors its charge."""
    size = int(abs(amount) + Fraction(1, 2))
    return -size if amount < 0 else size


@lru_cache(maxsize=64)
def _currency_facts(currency: str) -> tuple[int, str]:
    """Return (decimal places, symbol as written in Britain); an unknown code is its own symbol with two
    places.
    """
    return get_currency_precision(currency), get_currency_symbol(currency, locale="en_GB")
