"""How two versions of the price book differ, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.contacts.models import BEDROOMS
from app.core.money import format_money
from app.leads.models import EXTRAS, FREQUENCIES
from app.leads.words import BEDROOM_WORDS, EXTRA_WORDS, FREQUENCY_WORDS, often
from app.price_book.queries.book import HOMES, Book, Extra, Surcharge
from app.price_book.queries.pricing import home_words
from app.price_book.queries.sheet import percent_text, share_text
from app.price_book.words import CHARGED_WORDS, ROUNDING_WORDS, VAT_WORDS


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in words; "" where one of the two has nothing."""

    words: str
    was: str
    now: str


def changes(before: Book, after: Book, currency: str) -> list[Change]:
    """What is different in `after`, in the order of the page."""
    old, new = _facts(before, currency), _facts(after, currency)
    return [
        Change(words, old.get(words, ""), new.get(words, ""))
        for words in dict.fromkeys([*new, *old])
        if old.get(words, "") != new.get(words, "")
    ]


def _facts(book: Book, currency: str) -> dict[str, str]:
    return {words: value for words, value in _lines(book, currency) if value}


def _lines(book: Book, currency: str) -> Iterator[tuple[str, str]]:
    for frequency in FREQUENCIES:
        if frequency in book.multipliers:
            words = f"{FREQUENCY_WORDS[frequency]}, where no price is written"
            yield words, f"{share_text(book.multipliers[frequency])} times"
    for home in HOMES:
        for bedrooms in BEDROOMS:
            for frequency in FREQUENCIES:
                minor = book.cells.get((home, bedrooms, frequency))
                if minor is not None:
                    yield f"{home_words(home, bedrooms)}, {often(frequency)}", format_money(minor, currency)
    for key in EXTRAS:
        if key in book.extras:
            yield from _extra_lines(key, book.extras[key], currency)
    for each in book.surcharges:
        for district in each.districts:
            yield f"{each.words}, {district}", _on_top(each, currency)
    yield "First clean", f"{share_text(book.first_clean)} times"
    yield "Minimum charge", format_money(book.minimum_minor, currency) if book.minimum_minor else ""
    yield "Rounding", ROUNDING_WORDS[book.rounding]
    rate = f", {percent_text(book.vat_basis_points)} %" if book.vat_mode != "none" else ""
    yield "VAT", VAT_WORDS[book.vat_mode] + rate


def _extra_lines(key: str, extra: Extra, currency: str) -> Iterator[tuple[str, str]]:
    yield f"{EXTRA_WORDS[key]}: charged", CHARGED_WORDS[extra.charged]
    if extra.charged != "ask":
        for bedrooms in BEDROOMS:
            if bedrooms in extra.minors:
                words = f"{EXTRA_WORDS[key]}, {BEDROOM_WORDS[bedrooms]} bedrooms"
                yield words, format_money(extra.minors[bedrooms], currency)


def _on_top(surcharge: Surcharge, currency: str) -> str:
    if surcharge.kind == "percent":
        return f"{percent_text(surcharge.value)} %"
    return format_money(surcharge.value, currency)
