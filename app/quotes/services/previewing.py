"""What comes of a quote while it is still being written: reckoned by the code that keeps it, and kept nowhere."""

from dataclasses import dataclass

from app.leads.models import Lead
from app.leads.words import FREQUENCY_WORDS
from app.price_book.queries import Book, Priced, get_book, minimum_minor
from app.quotes.models import Quote
from app.quotes.queries import Rung
from app.quotes.queries.reading import rungs_of
from app.quotes.services.drafting import QuoteDraft, options_of
from app.quotes.services.pricing import priced_for


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The rungs as they would be paid. `low` names those under the minimum charge, `unpriced` what the price book
    leaves to a person.
    """

    rungs: tuple[Rung, ...]
    book_no: int | None
    minimum_minor: int
    low: tuple[str, ...]
    has_discount: bool
    unpriced: tuple[str, ...]


def reckon(lead: Lead, draft: QuoteDraft, in_force: Book | None = None) -> Reckoned:
    """What a draft comes to, by its version of the price book or else the one in force. No price, no rung."""
    book = in_force if draft.price_book_id is None else get_book(draft.price_book_id) or in_force
    conditions = draft.conditions
    draft.rungs = {key: minor for key, minor in draft.rungs.items() if minor > 0 and conditions.visit(minor) > 0}
    draft.firsts = {key: minor for key, minor in draft.firsts.items() if minor > 0 and conditions.visit(minor) > 0}
    shown = Quote(
        currency=lead.currency, vat_mode=conditions.vat_mode, vat_basis_points=conditions.vat_basis_points,
    )  # fmt: skip
    options, _ = options_of(draft, lead)
    least = minimum_minor(book) if book else 0
    discount = conditions.discount
    low = [
        FREQUENCY_WORDS[key]
        for key, minor in draft.rungs.items()
        if minor - (discount.off(minor) if discount else 0) < least
    ]
    priced: Priced | None = priced_for(lead, book)
    return Reckoned(
        rungs=rungs_of(shown, options), book_no=book.version_no if book else None, minimum_minor=least, low=tuple(low),
        has_discount=discount is not None, unpriced=priced.unpriced if priced else (),
    )  # fmt: skip


def suggested_work(lead: Lead, book: Book | None) -> list[tuple[str, int]]:
    """Work that the price book charges once for a house like this: (words, minor units)."""
    everything = priced_for(lead, book, every_extra=True)
    return [(each.words, each.minor) for each in everything.once] if everything else []
