"""Reading what was typed about quotes. Everything typed is kept as it was, so that a form comes back unchanged."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.money import parse_money, plain_amount
from app.leads.models import FREQUENCIES, Lead
from app.quotes.models import Quote
from app.quotes.services import DraftLine, QuoteDraft
from app.quotes.services.drafting import MOST_LINES, mark

#: Empty rows that a form offers beyond those filled in, for browsers without scripts.
SPARE_LINES = 3
_NOT_A_PRICE = "Enter an amount, like 24 or 24.50."
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def plain(text: str | None) -> str:
    """Typed text with one kind of line break and without control characters (PostgreSQL refuses NUL)."""
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


@dataclass(slots=True)
class QuoteForm:
    """The fields of a quote as typed. `lines` are (words, amount) with spare empty rows at the end."""

    prices: dict[str, str]
    first_clean: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    valid_until: str = ""
    note: str = ""
    terms: str = ""
    seen: str = ""

    @classmethod
    def of_quote(cls, quote: Quote, valid_until: date) -> "QuoteForm":
        """The fields of an earlier quote; a draft is written on, so it keeps its valid day."""
        prices = {option.frequency: plain_amount(option.price_minor) for option in quote.options}
        is_draft = quote.state == "draft"
        return cls(
            prices={key: prices.get(key, "") for key in FREQUENCIES},
            first_clean=plain_amount(quote.first_clean_minor),
            lines=_with_spares([(line.description, plain_amount(line.amount_minor)) for line in quote.lines]),
            valid_until=(quote.valid_until if is_draft else valid_until).isoformat(),
            note=quote.note or "",
            terms=quote.terms,
            seen=mark(quote) if is_draft else "",
        )

    @classmethod
    def of_lead(cls, lead: Lead, valid_until: date, terms: str) -> "QuoteForm":
        """The fields for a lead's first quote: its price at the rhythm asked for, and the usual terms."""
        included = "Outside windows, frames and sills" if lead.service == "window_cleaning" else ""
        return cls(
            prices={key: plain_amount(lead.price_minor) if key == lead.frequency else "" for key in FREQUENCIES},
            first_clean=plain_amount(lead.first_price_minor),
            lines=_with_spares([(included, "")] if included else []),
            valid_until=valid_until.isoformat(),
            terms=terms,
        )

    @classmethod
    def of_request(cls, typed: MultiDict[str, str]) -> "QuoteForm":
        """The fields as a browser sent them."""
        words, amounts = typed.getlist("line_text"), typed.getlist("line_amount")
        rows = [
            (" ".join(plain(word).split()), plain(amount))
            for word, amount in zip(words[: MOST_LINES + 1], amounts[: MOST_LINES + 1], strict=False)
        ]
        return cls(
            prices={key: plain(typed.get(f"price_{key}")) for key in FREQUENCIES},
            first_clean=plain(typed.get("first_clean")),
            lines=_with_spares([row for row in rows if any(row)]),
            valid_until=plain(typed.get("valid_until")),
            note=plain(typed.get("note")),
            terms=plain(typed.get("terms")),
            seen=plain(typed.get("seen")),
        )

    def draft(self, currency: str) -> QuoteDraft:
        """The quote that was typed. Raises Invalid naming each field that can't be read."""
        errors: dict[str, str] = {}
        rungs = {
            key: minor
            for key, text in self.prices.items()
            if text and (minor := _money(text, currency, f"price_{key}", errors)) is not None
        }
        if not any(self.prices.values()):
            errors["price_4_weekly"] = "Enter at least one of these prices."
        first = _money(self.first_clean, currency, "first_clean", errors) if self.first_clean else None
        lines = self._lines(currency, errors)
        until = _day(self.valid_until)
        if until is None:
            errors["valid_until"] = "Enter a date, like 16/12/2026."
        if errors or until is None:
            raise Invalid(errors)
        return QuoteDraft(
            rungs=rungs, valid_until=until, first_clean_minor=first, lines=lines, note=self.note, terms=self.terms
        )

    def _lines(self, currency: str, errors: dict[str, str]) -> list[DraftLine]:
        lines = []
        for number, (words, amount) in enumerate(self.lines):
            if not words and amount:
                errors[f"line_text-{number}"] = "Say what this amount is for."
            minor = _money(amount, currency, f"line_amount-{number}", errors) if amount else None
            if words:
                lines.append(DraftLine(words, minor))
        return lines


@dataclass(slots=True)
class AnswerForm:
    """What a customer sends with an answer or a question, as typed."""

    option: str = ""
    name: str = ""
    early_start: bool = False
    reason: str = ""
    words: str = ""

    @classmethod
    def of_request(cls, typed: MultiDict[str, str]) -> "AnswerForm":
        """The fields as a browser sent them."""
        return cls(
            option=plain(typed.get("option")),
            name=" ".join(plain(typed.get("name")).split()),
            early_start=typed.get("early_start") == "1",
            reason=plain(typed.get("reason")),
            words=plain(typed.get("words")),
        )

    @property
    def option_id(self) -> UUID | None:
        """The rung chosen, None when none was or it is no id."""
        return parse_id(self.option)


def _money(text: str, currency: str, name: str, errors: dict[str, str]) -> int | None:
    minor = parse_money(text, currency)
    if minor is None:
        errors[name] = _NOT_A_PRICE
    return minor


def _day(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a calendar day, no moment
        except ValueError:
            continue
    return None


def _with_spares(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return lines + [("", "")] * SPARE_LINES
