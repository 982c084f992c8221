"""Reading the form of a quote. Everything typed is kept as it was, so that a form comes back unchanged."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.core.days import read_day
from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.money import parse_money, plain_amount
from app.core.numbers import whole_number
from app.leads.models import FREQUENCIES, Lead
from app.leads.words import EXTRA_WORDS
from app.price_book.queries import Priced, taxed
from app.quotes.forms.typed import one_line, plain
from app.quotes.models import VAT_MODES, Quote, QuoteLine
from app.quotes.services import Conditions, Discount, DraftLine, QuoteDraft, faults, mark

#: Empty rows that a form offers beyond those filled in, for browsers without scripts.
SPARE_LINES = 3
USUAL_WORK = "Outside windows, frames and sills"
USUAL_RATE = "20"
_NOT_A_PRICE = "Enter an amount, like 24 or 24.50."
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s?%")

Line = tuple[str, str, str]  # words, quantity, amount of each


@dataclass(slots=True)
class QuoteForm:
    """The fields of a quote as typed. `lines` have spare empty rows at their end; `book` is the version of the price
    book that the prices were filled in from.
    """

    prices: dict[str, str]
    firsts: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    discount: str = ""
    discount_words: str = ""
    vat_mode: str = "none"
    vat_rate: str = USUAL_RATE
    valid_until: str = ""
    note: str = ""
    terms: str = ""
    book: str = ""
    seen: str = ""

    @classmethod
    def of_quote(cls, quote: Quote, valid_until: date) -> "QuoteForm":
        """The fields of an earlier quote; a draft is written on, so it keeps its valid day."""
        options = {option.frequency: option for option in quote.options}
        is_draft = quote.state == "draft"
        return cls(
            prices={
                key: plain_amount(options[key].written_minor or options[key].price_minor) if key in options else ""
                for key in FREQUENCIES
            },
            firsts={
                key: plain_amount(options[key].first_written_minor or options[key].first_minor)
                if key in options else "" for key in FREQUENCIES
            },
            lines=_with_spares([_line_of(line) for line in quote.lines]),
            discount=_discount_text(quote), discount_words=quote.discount_words,
            vat_mode=quote.vat_mode, vat_rate=_rate_text(quote.vat_basis_points),
            valid_until=(quote.valid_until if is_draft else valid_until).isoformat(),
            note=quote.note or "", terms=quote.terms,
            book=str(quote.price_book_id or ""), seen=mark(quote) if is_draft else "",
        )  # fmt: skip

    @classmethod
    def of_lead(cls, lead: Lead, valid_until: date, terms: str, priced: Priced | None = None) -> "QuoteForm":
        """The fields for a lead's first quote: what the price book says, else the price the lead has already."""
        empty = dict.fromkeys(FREQUENCIES, "")
        included = [USUAL_WORK] if lead.service == "window_cleaning" else []
        form = cls(prices=empty, firsts=dict(empty), valid_until=valid_until.isoformat(), terms=terms)
        if priced is not None:
            form = form.with_prices(lead, priced)
        if lead.frequency and lead.price_minor and not any(form.prices.values()):
            form = form.as_paid(priced) if priced is not None and priced.vat_mode == "added" else form
            form.prices = {**empty, lead.frequency: plain_amount(lead.price_minor)}
            form.firsts = {**empty, lead.frequency: plain_amount(lead.first_price_minor)}
        form.lines = [(words, "", "") for words in included] + form.lines
        return replace(form, lines=_with_spares([line for line in form.lines if any(line)]))

    @classmethod
    def of_request(cls, typed: MultiDict[str, str]) -> "QuoteForm":
        """The fields as a browser sent them."""
        words, quantities, amounts = map(typed.getlist, ("line_text", "line_quantity", "line_amount"))
        quantities = quantities if len(quantities) == len(words) else [""] * len(words)
        rows = [
            (one_line(word), plain(quantity), plain(amount))
            for word, quantity, amount in zip(words, quantities, amounts, strict=False)
        ]
        return cls(
            prices={key: plain(typed.get(f"price_{key}")) for key in FREQUENCIES},
            firsts={key: plain(typed.get(f"first_{key}")) for key in FREQUENCIES},
            lines=_with_spares([row for row in rows if row[0] or row[2]]),
            discount=plain(typed.get("discount")), discount_words=one_line(typed.get("discount_words")),
            vat_mode=plain(typed.get("vat_mode")) or "none", vat_rate=plain(typed.get("vat_rate")) or USUAL_RATE,
            valid_until=plain(typed.get("valid_until")), note=plain(typed.get("note")),
            terms=plain(typed.get("terms")), book=plain(typed.get("book")), seen=plain(typed.get("seen")),
        )  # fmt: skip

    def with_prices(self, lead: Lead, priced: Priced) -> "QuoteForm":
        """The same with every price, and the lines of the work asked for, taken from the price book anew."""
        rungs = {rung.frequency: rung for rung in priced.rungs}
        once = {each.words: plain_amount(each.minor) for each in priced.once}
        asked = [EXTRA_WORDS[key] for key in EXTRA_WORDS if key in lead.extras]
        kept = [line for line in self.lines if any(line) and line[0] not in asked]
        return replace(
            self,
            prices={key: plain_amount(rungs[key].price_minor) if key in rungs else "" for key in FREQUENCIES},
            firsts={key: _first(rungs[key].price_minor, rungs[key].first_minor) if key in rungs else ""
                    for key in FREQUENCIES},
            lines=_with_spares(kept + [(words, "", once.get(words, "")) for words in asked]),
            vat_mode=priced.vat_mode, vat_rate=_rate_text(priced.vat_basis_points), book=str(priced.book_id),
        )  # fmt: skip

    def as_paid(self, priced: Priced) -> "QuoteForm":
        """The same with the price book's tax in its lines, not on top: what stands on a lead is what is paid."""
        once = {each.words: taxed(each.minor, "added", priced.vat_basis_points).gross_minor for each in priced.once}
        lines = [(words, times, plain_amount(once.get(words)) or amount) for words, times, amount in self.lines]
        return replace(self, lines=lines, vat_mode="included")

    def with_own_price(self, lead: Lead) -> "QuoteForm":
        """The same with the price that stands on the lead for the rhythm that it asks for."""
        if not lead.frequency or not lead.price_minor:
            return self
        first = plain_amount(lead.first_price_minor) or self.firsts[lead.frequency]
        return replace(
            self,
            prices={**self.prices, lead.frequency: plain_amount(lead.price_minor)},
            firsts={**self.firsts, lead.frequency: first if lead.frequency != "one_off" else ""},
        )

    def draft(self, currency: str) -> QuoteDraft:
        """The quote that was typed. Where a field can't be read, raises Invalid naming all that has to be mended."""
        draft, errors = self.read(currency)
        if errors:
            others = faults(draft)
            if not draft.rungs:
                others.pop("price_4_weekly")  # that there is none is said already, or it is what can't be read
            raise Invalid(errors | {name: words for name, words in others.items() if name not in errors})
        return draft

    def read(self, currency: str) -> tuple[QuoteDraft, dict[str, str]]:
        """As much of the quote as can be read, and what is wrong with the rest, by field."""
        errors: dict[str, str] = {}
        rungs = _amounts("price", self.prices, currency, errors)
        firsts = _amounts("first", self.firsts, currency, errors)
        if not any(self.prices.values()):
            errors["price_4_weekly"] = "Enter at least one of these prices."
        draft = QuoteDraft(
            rungs=rungs, firsts={key: minor for key, minor in firsts.items() if key in rungs},
            valid_until=read_day(self.valid_until) or date.min, lines=self._lines(currency, errors),
            note=self.note, terms=self.terms, conditions=self._conditions(currency, errors),
            price_book_id=parse_id(self.book),
        )  # fmt: skip
        if draft.valid_until == date.min:
            errors["valid_until"] = "Enter a date, like 16/12/2026."
        return draft, errors

    @property
    def book_id(self) -> UUID | None:
        """The version of the price book that the form was filled from."""
        return parse_id(self.book)

    def _lines(self, currency: str, errors: dict[str, str]) -> list[DraftLine]:
        lines = []
        for number, (words, quantity, amount) in enumerate(self.lines):
            if not words and amount:
                errors[f"line_text-{number}"] = "Say what this amount is for."
            times = whole_number(quantity or "1", 999)
            if not times:
                errors[f"line_quantity-{number}"] = "Enter a number from 1 to 999."
            elif words:
                minor = _money(amount, currency, f"line_amount-{number}", errors) if amount else None
                lines.append(DraftLine(words, minor, times))
        return lines

    def _conditions(self, currency: str, errors: dict[str, str]) -> Conditions:
        discount, points = None, 0
        if self.discount:
            percent = _PERCENT.fullmatch(self.discount)
            kind, value = "percent", _points(percent[1]) if percent else None
            if percent is None:
                kind, value = "amount", parse_money(self.discount, currency)
            if not value or (percent and value >= 10_000):
                errors["discount"] = "Enter an amount or a share, like 2 or 10%."
            else:
                discount = Discount(kind, value, self.discount_words)
        if self.vat_mode not in VAT_MODES:
            errors["vat_mode"] = "Choose how VAT stands in the prices."
        elif self.vat_mode != "none":
            rate = _PERCENT.fullmatch(self.vat_rate.removesuffix("%").strip() + "%")
            points = _points(rate[1]) if rate else 0
            if not 0 < points <= 5_000:
                errors["vat_rate"] = "Enter the rate in percent, like 20."
        return Conditions(discount, self.vat_mode, points)


def _amounts(prefix: str, typed: dict[str, str], currency: str, errors: dict[str, str]) -> dict[str, int]:
    return {
        key: minor
        for key, text in typed.items()
        if text and (minor := _money(text, currency, f"{prefix}_{key}", errors)) is not None
    }


def _money(text: str, currency: str, name: str, errors: dict[str, str]) -> int | None:
    minor = parse_money(text, currency)
    if minor is None:
        errors[name] = _NOT_A_PRICE
    return minor


def _points(percent: str) -> int:
    whole, _, part = percent.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _first(price_minor: int, first_minor: int) -> str:
    return plain_amount(first_minor) if first_minor != price_minor else ""


def _discount_text(quote: Quote) -> str:
    if not quote.discount_kind or not quote.discount_value:
        return ""
    return (
        f"{quote.discount_value / 100:g}%" if quote.discount_kind == "percent" else plain_amount(quote.discount_value)
    )


def _rate_text(basis_points: int) -> str:
    return f"{basis_points / 100:g}" if basis_points else USUAL_RATE


def _line_of(line: QuoteLine) -> Line:
    each = line.each_minor if line.each_minor is not None else line.amount_minor
    return line.description, str(line.quantity) if line.quantity > 1 else "", plain_amount(each)


def _with_spares(lines: list[Line]) -> list[Line]:
    return [line for line in lines if any(line)] + [("", "", "")] * SPARE_LINES
