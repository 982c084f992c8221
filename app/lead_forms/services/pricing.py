"""What the form says about price and date while it is filled in. All in words made here, so that page, answer to the
script and thank-you page say the same; amounts are what is paid, with VAT where there is any.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core import postcodes
from app.core.catalogue import known
from app.core.clock import long_date, utcnow
from app.core.money import annual_minor, format_money
from app.lead_forms.services.content import Content
from app.lead_forms.services.typed import Typed
from app.leads.models import FREQUENCIES
from app.leads.words import often
from app.price_book.queries import Book, Once, Priced, Rung, Wanted, Working, book_shown, minimum_minor, price, taxed
from app.rounds.models import Round
from app.rounds.queries import next_visits
from app.workspaces.models import Workspace

#: Ranges begin and end at whole pounds.
_STEP = 100
_BY_HAND = "We work out your price for you"
_BY_HAND_TOO = "It comes with our answer, and costs you nothing."
_TO_COME = "Your price shows here as you answer"
_HANGS_ON = {"property_type": "the kind of property", "bedrooms": "the number of bedrooms"}
#: How often they want us, from who has not said so, or is not sure yet.
_NONE_NAMED = (None, "", "unsure")
_OUTSIDE = "No price, as we do not clean in {} at the moment"


@dataclass(frozen=True, slots=True)
class PriceWords:
    """`line` is the price in one breath, "" while it can't be said; `small` what belongs to it; `rungs` the price of
    each rhythm, by its key. `meanwhile` stands in the line's place: whether there will be one.
    """

    line: str = ""
    small: str = ""
    rungs: dict[str, str] = field(default_factory=dict)
    meanwhile: str = ""


def shows_price(content: Content) -> bool:
    """Whether the form tells a price: it must ask what a price hangs on."""
    return content.price != "off" and content.asks("property_type") and content.asks("bedrooms")


def today_of(workspace: Workspace, now: datetime | None = None) -> date:
    """Which day it is for the business."""
    return (now or utcnow()).astimezone(ZoneInfo(workspace.time_zone)).date()


def wanted_of(typed: Typed) -> Wanted:
    """What is to be priced, as far as it has been answered."""
    found = postcodes.parse_outward_or_full(typed["postcode"])
    return Wanted(
        typed["property_type"] or None, typed["bedrooms"] or None, typed["service"], typed.extras,
        found.district if found else None,
    )  # fmt: skip


def price_words(
    content: Content, workspace: Workspace, wanted: Wanted, frequency: str | None, made_at: datetime
) -> PriceWords:
    """The price of what is wanted so far, by the prices of when the page was made: what it says must not change while
    somebody looks at it. One statement at most, two when the prices have changed since.
    """
    if not shows_price(content):
        return PriceWords()
    if wanted.district and not workspace.serves(wanted.district):
        return PriceWords(meanwhile=_OUTSIDE.format(wanted.district))
    book = book_shown(today_of(workspace, made_at), made_at)
    if book is None:
        return PriceWords(small=_BY_HAND_TOO, meanwhile=_BY_HAND)
    if not wanted.property_type or not (wanted.bedrooms or wanted.property_type == "commercial"):
        return PriceWords(meanwhile=_to_come(wanted, frequency))
    priced = price(book, wanted)
    teller = _Teller(content, book, priced, workspace.currency)
    rung = rung_for(priced, frequency)
    if rung is not None:
        line = f"{teller.amount(rung.price_minor)} {often(rung.frequency)}"
        return PriceWords(line, teller.about(rung), teller.rungs())
    if priced.rungs and frequency in _NONE_NAMED:
        return PriceWords(f"From {teller.least(_usual(content, priced))} a visit", teller.beside(), teller.rungs())
    return PriceWords(_BY_HAND, _BY_HAND_TOO, teller.rungs())


def _to_come(wanted: Wanted, frequency: str | None) -> str:
    """That there will be a price; what it hangs on, where that has been passed over perhaps."""
    if not (wanted.property_type or wanted.bedrooms or frequency):
        return _TO_COME
    lacks = [words for name, words in _HANGS_ON.items() if not getattr(wanted, name)]
    return f"Your price shows here once you have told us {' and '.join(lacks)}"


def _usual(content: Content, priced: Priced) -> Iterable[Rung]:
    """The rungs among which somebody chooses who comes again: those that the form offers, where it asks how often."""
    asked = content.questions.get("frequency")
    offered = {key for key, _ in asked.choices} if asked else set(FREQUENCIES)
    open_to_them = [each for each in priced.rungs if each.frequency in offered] or priced.rungs
    return [each for each in open_to_them if FREQUENCIES[each.frequency]] or open_to_them


def rung_for(priced: Priced, frequency: str | None) -> Rung | None:
    """The rung of a rhythm; for who names none, the single visit of work that is only ever done once."""
    found = next((rung for rung in priced.rungs if rung.frequency == frequency), None)
    if found is None and frequency in _NONE_NAMED and len(priced.rungs) == 1 and priced.rungs[0].frequency == "one_off":
        return priced.rungs[0]
    return found


def shown_exactly(
    content: Content, workspace: Workspace, wanted: Wanted, frequency: str | None, made_at: datetime
) -> tuple[Priced, Rung] | None:
    """The price that the customer was told to the penny by a page that was made then; None where it was a range, or a
    person must look at it.

    The rung's prices are what is paid: tax that comes on top is in them, and the last of their workings. It is in what
    is charged once, too.
    """
    if content.price != "exact" or not shows_price(content) or not workspace.serves(wanted.district):
        return None
    book = book_shown(today_of(workspace, made_at), made_at)
    priced = price(book, wanted) if book else None
    rung = rung_for(priced, frequency) if priced and not priced.unpriced else None
    return (replace(priced, once=_once_as_paid(priced)), _as_paid(priced, rung)) if priced and rung else None


def for_timeline(priced: Priced, rung: Rung) -> dict[str, Any]:
    """How the price came about, as plain facts."""
    once = [[f"{each.words} once", each.minor] for each in priced.once]
    return {
        "price_minor": rung.price_minor, "frequency": rung.frequency, "prices_version": priced.version_no,
        "workings": [[line.words, line.minor] for line in rung.workings] + once,
    }  # fmt: skip


def _as_paid(priced: Priced, rung: Rung) -> Rung:
    if priced.vat_mode != "added":
        return rung
    visit, first = (
        taxed(minor, priced.vat_mode, priced.vat_basis_points) for minor in (rung.price_minor, rung.first_minor)
    )
    tax = Working(f"VAT at {priced.vat_basis_points / 100:g}\u00a0%", visit.tax_minor)
    return replace(
        rung, price_minor=visit.gross_minor, first_minor=first.gross_minor, workings=(*rung.workings, tax)
    )  # fmt: skip


def _once_as_paid(priced: Priced) -> tuple[Once, ...]:
    return tuple(
        replace(each, minor=taxed(each.minor, priced.vat_mode, priced.vat_basis_points).gross_minor)
        for each in priced.once
    )


def asks_for_dates(content: Content) -> bool:
    """Whether the form tells when we are in an area: it may, and there are rounds."""
    return content.shows_next_date and any(each.is_active for each in known(Round))


def next_date_words(content: Content, workspace: Workspace, district: str | None, sector: str | None) -> str:
    """When we are next in an area; "" where no round goes. Two statements at most."""
    if not district or not content.shows_next_date or not workspace.serves(district):
        return ""
    visits = next_visits(district, sector, today_of(workspace), count=3)
    found = next((visit for visit in visits if not visit.is_full), None)
    if found is None:
        return ""
    return f"We are next in {sector or district} on {long_date(found.day)}."


class _Teller:
    """Amounts of one reckoning in words, exact or as a range."""

    def __init__(self, content: Content, book: Book, priced: Priced, currency: str) -> None:
        self.content, self.priced, self.currency = content, priced, currency
        self.least_paid = self.paid(minimum_minor(book))

    def paid(self, minor: int) -> int:
        """An amount of the book as it is paid."""
        return taxed(minor, self.priced.vat_mode, self.priced.vat_basis_points).gross_minor

    def amount(self, minor: int) -> str:
        """An amount of the book in words: "£24", or "£20 to £28"."""
        paid = self.paid(minor)
        if self.content.price == "exact":
            return self._money(paid)
        part = paid * self.content.range_percent // 100
        low = max((paid - part) // _STEP * _STEP, min(self.least_paid, paid))
        return f"{self._money(low)} to {self._money(-(-(paid + part) // _STEP) * _STEP)}"

    def least(self, rungs: Iterable[Rung]) -> str:
        """The lowest of some rungs' prices."""
        return self.amount(min(rung.price_minor for rung in rungs)).partition(" to ")[0]

    def rungs(self) -> dict[str, str]:
        """Every rung's price, short enough for its card."""
        return {rung.frequency: self.amount(rung.price_minor).replace(" to £", "–") for rung in self.priced.rungs}

    def about(self, rung: Rung) -> str:
        """What belongs to a rung's price."""
        parts = []
        weeks = FREQUENCIES[rung.frequency]
        if rung.first_minor != rung.price_minor:
            parts.append(f"first clean {self.amount(rung.first_minor)}")
        if weeks and self.content.price == "exact":
            yearly = annual_minor(self.paid(rung.price_minor), weeks)
            parts.append(f"{format_money(yearly, self.currency, pence='never')} a year")
        return self.beside(parts)

    def beside(self, parts: Iterable[str] = ()) -> str:
        """The rest of it: work charged once, what a person must look at, VAT, and that a range is no promise."""
        found = list(parts)
        found += [f"{once.words.lower()} {self.amount(once.minor)} once" for once in self.priced.once]
        if self.priced.unpriced:
            found.append(f"we look at this ourselves: {', '.join(self.priced.unpriced).lower()}")
        if self.priced.vat_mode != "none":
            found.append("VAT included")
        if self.content.price == "range":
            found.append("the exact price comes with our quote")
        words = " · ".join(found)
        return words[:1].upper() + words[1:]

    def _money(self, minor: int) -> str:
        return format_money(minor, self.currency)
