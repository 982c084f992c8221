"""Reading the price book's page: typed text in, a Book and what is wrong with it out."""

import re
from datetime import date
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from app.contacts.models import BEDROOMS
from app.core import postcodes
from app.core.days import read_day
from app.core.districts import read_districts
from app.core.money import parse_money
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES
from app.price_book.queries import Book, Extra, Surcharge, Wanted
from app.price_book.queries.book import HOMES, ROUNDING_STEPS, WHOLE
from app.price_book.queries.sheet import Sheet, SurchargeRow, cell_name, extra_name
from app.price_book.words import CHARGED_WORDS, VAT_WORDS

Typed = MultiDict[str, str]

#: Ten thousand pounds a visit is a slip of the finger, not a price.
HIGHEST_MINOR = 1_000_000
MOST_ROWS = 30
MOST_DISTRICTS = 400
_TIMES = re.compile(r"(\d{1,2}(?:\.\d{1,4})?)\s*(?:x|×|times)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)\s*%?")
_NO_AMOUNT = "Write an amount, like 16 or 16.50."


class BookReader:
    """Takes a book out of a sent form. Where a field is wrong the book goes on without it and `errors` says so."""

    def __init__(self, typed: Typed, currency: str) -> None:
        self.typed, self.currency = typed, currency
        self.errors: dict[str, str] = {}

    def book(self) -> Book:
        """The book as typed, so far as it can be understood."""
        vat_mode = self._choice("vat_mode", tuple(VAT_WORDS), "none")
        return Book(
            cells=self._cells(),
            multipliers=self._multipliers(),
            first_clean=self._times("first_clean", 1, 5) or WHOLE,
            extras={key: extra for key in EXTRAS if (extra := self._extra(key))},
            surcharges=self._surcharges(),
            minimum_minor=self._amount("minimum") or 0,
            rounding=self._choice("rounding", tuple(ROUNDING_STEPS), "none"),
            vat_mode=vat_mode,
            vat_basis_points=self._vat_rate() if vat_mode != "none" else 0,
        )

    def valid_from(self, today: date) -> date:
        """The day from which it counts; today when nothing was said."""
        text = self.typed.get("valid_from", "").strip()
        day = read_day(text) if text else today
        if day is None:
            self.errors["valid_from"] = "Enter a date, like 01/04/2027."
        return day or today

    def _cells(self) -> dict[tuple[str, str, str], int]:
        found = {}
        for home in HOMES:
            for bedrooms in BEDROOMS:
                for frequency in FREQUENCIES:
                    minor = self._amount(cell_name(home, bedrooms, frequency), least=1)
                    if minor is not None:
                        found[home, bedrooms, frequency] = minor
        return found

    def _multipliers(self) -> dict[str, int]:
        read = {key: self._times(f"m-{key}", Decimal("0.5"), 20) for key in FREQUENCIES if key != "4_weekly"}
        return {key: value for key, value in read.items() if value is not None}

    def _extra(self, key: str) -> Extra | None:
        charged = self._choice(f"c-{key}", tuple(CHARGED_WORDS), "ask")
        minors = {each: self._amount(extra_name(key, each)) for each in BEDROOMS}
        written = {each: minor for each, minor in minors.items() if minor is not None}
        if charged != "ask" and not written:
            self.errors.setdefault(extra_name(key, BEDROOMS[0]), "Write what it costs, or choose “Priced by hand”.")
        return Extra(charged, written) if written or charged != "ask" else None

    def _surcharges(self) -> tuple[Surcharge, ...]:
        """Rows that are filled in, in order; a row's number in `errors` is its place among those."""
        found: list[Surcharge] = []
        for row in surcharge_rows(self.typed):
            index = len(found)
            districts, wrong = read_districts(row.districts[:5_000])
            if wrong or not districts:
                named = f" Not understood: {', '.join(wrong[:5])}." if wrong else ""
                self.errors[f"s-districts-{index}"] = f"Write postcode districts, like BA11 or TA17-TA20.{named}"
            elif len(districts) > MOST_DISTRICTS:
                self.errors[f"s-districts-{index}"] = f"List at most {MOST_DISTRICTS} districts."
            kind, value = self._on_top(row.amount, f"s-amount-{index}")
            found.append(Surcharge(tuple(districts[:MOST_DISTRICTS]), row.words[:40] or "Travel", kind, value))
        if len(found) > MOST_ROWS:
            self.errors[f"s-districts-{MOST_ROWS}"] = f"{MOST_ROWS} surcharges are the most. Put some into one row."
        return tuple(found)

    def _on_top(self, text: str, name: str) -> tuple[str, int]:
        percent = _PERCENT.fullmatch(text) if text.endswith("%") else None
        value = int(Decimal(percent[1]) * 100) if percent else parse_money(text, self.currency)
        if not value or value > (WHOLE if percent else HIGHEST_MINOR):
            self.errors[name] = "Write an amount or a percentage up to 100, like 2 or 10%."
            return "amount", 0
        return "percent" if percent else "amount", value

    def _amount(self, name: str, least: int = 0) -> int | None:
        text = self.typed.get(name, "").strip()
        if not text:
            return None
        minor = parse_money(text, self.currency)
        if minor is None or not least <= minor <= HIGHEST_MINOR:
            self.errors[name] = _NO_AMOUNT
            return None
        return minor

    def _times(self, name: str, least: Decimal | int, most: int) -> int | None:
        text = self.typed.get(name, "").strip()
        if not text:
            return None
        found = _TIMES.fullmatch(text)
        percent = _PERCENT.fullmatch(text) if text.endswith("%") else None
        times = Decimal(found[1]) if found else Decimal(percent[1]) / 100 if percent else None
        if times is None or not text.isascii() and "×" not in text or not least <= times <= most:
            self.errors[name] = f"Write how many times, from {least} to {most}, like 1.5."
            return None
        return int(times * WHOLE)

    def _vat_rate(self) -> int:
        found = _PERCENT.fullmatch(self.typed.get("vat_rate", "").strip())
        rate = int(Decimal(found[1]) * 100) if found else 0
        if not 0 < rate <= 5_000:
            self.errors["vat_rate"] = "Write the rate in percent, like 20."
            return 0
        return rate

    def _choice(self, name: str, choices: tuple[str, ...], usual: str) -> str:
        value = self.typed.get(name, usual)
        if value not in choices:
            self.errors[name] = "Choose one of these."
            return usual
        return value


def surcharge_rows(typed: Typed) -> tuple[SurchargeRow, ...]:
    """The surcharge rows in which something was written, in order. A word without the rest is no surcharge."""
    columns = [
        [" ".join(each.split()) for each in typed.getlist(name)] for name in ("s-districts", "s-words", "s-amount")
    ]
    rows = (SurchargeRow(*each) for each in zip(*columns, strict=False))
    return tuple(row for row in rows if row.districts or row.amount)


def typed_sheet(typed: Typed) -> Sheet:
    """The page's fields as they were typed, with rows to spare."""
    return Sheet(typed.to_dict(), surcharge_rows(typed) + (SurchargeRow(),) * 2)


def read_wanted(typed: Typed) -> tuple[Wanted, str]:
    """What the price is tried out for, and what is wrong with its postcode ("" when nothing is)."""
    text = typed.get("t-postcode", "").strip()
    postcode = postcodes.parse_outward_or_full(text) if text else None
    service, home, bedrooms = (typed.get(f"t-{name}", "") for name in ("service", "property_type", "bedrooms"))
    wanted = Wanted(
        property_type=home if home in (*HOMES, "commercial") else HOMES[1],
        bedrooms=bedrooms if bedrooms in BEDROOMS else "3",
        service=service if service in SERVICES else "window_cleaning",
        extras=tuple(each for each in typed.getlist("t-extras") if each in EXTRAS),
        district=postcode.district if postcode else None,
    )
    return wanted, "Enter a postcode, like BA5 2QJ." if text and postcode is None else ""
