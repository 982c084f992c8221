"""A new version of a quote with the same content and a new last day."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.core.errors import Conflict
from app.core.permissions import Actor
from app.leads.services import get_lead
from app.price_book.queries import Priced
from app.quotes.models import Quote
from app.quotes.queries import get_quote, latest_quote
from app.quotes.services.drafting import DraftLine, QuoteDraft, draft_quote
from app.quotes.services.previewing import suggested_work
from app.quotes.services.pricing import book_for, priced_for
from app.quotes.services.reckoning import Conditions, Discount
from app.workspaces.queries import current_workspace, today_here


def renew(quote_id: UUID, actor: Actor, *, anew: bool = False) -> Quote:
    """Draft the next version of a quote; `anew` takes the prices of its rungs, and of its lines that the price book
    charges once, from the version in force today.

    Raises Conflict while another draft waits, or when the price book says nothing about the house; NotFound.
    """
    quote = get_quote(quote_id)
    lead = get_lead(quote.lead_id)
    latest = latest_quote(lead.id)
    if latest is not None and latest.state == "draft":
        raise Conflict(f"There is a draft already: {latest.number}. Go on with that one.")
    draft = draft_of(quote)
    draft.valid_until = today_here() + timedelta(days=current_workspace().quote_valid_days)
    if anew:
        book = book_for()
        _price_anew(draft, priced_for(lead, book))
        draft.lines = _lines_anew(draft.lines, suggested_work(lead, book))
    return draft_quote(lead.id, draft, actor)


def draft_of(quote: Quote) -> QuoteDraft:
    """A quote as it was written, before discount and tax."""
    discount = None
    if quote.discount_kind and quote.discount_value:
        discount = Discount(quote.discount_kind, quote.discount_value, quote.discount_words)
    firsts = {option.frequency: option.first_written_minor or option.first_minor for option in quote.options}
    return QuoteDraft(
        rungs={option.frequency: option.written_minor or option.price_minor for option in quote.options},
        firsts={key: minor for key, minor in firsts.items() if minor},
        lines=[
            DraftLine(
                line.description, line.each_minor if line.each_minor is not None else line.amount_minor, line.quantity
            )
            for line in quote.lines
        ],
        valid_until=quote.valid_until, note=quote.note or "", terms=quote.terms,
        conditions=Conditions(discount, quote.vat_mode, quote.vat_basis_points), price_book_id=quote.price_book_id,
    )  # fmt: skip


def _price_anew(draft: QuoteDraft, priced: Priced | None) -> None:
    rungs = {rung.frequency: rung for rung in priced.rungs if rung.frequency in draft.rungs} if priced else {}
    if priced is None or not rungs:
        raise Conflict("The price book has no prices for this house. Renew it as it is, and change the prices there.")
    draft.rungs = {key: rung.price_minor for key, rung in rungs.items()}
    draft.firsts = {key: rung.first_minor for key, rung in rungs.items() if rung.first_minor != rung.price_minor}
    draft.price_book_id = priced.book_id
    draft.conditions = Conditions(draft.conditions.discount, priced.vat_mode, priced.vat_basis_points)


def _lines_anew(lines: list[DraftLine], work: list[tuple[str, int]]) -> list[DraftLine]:
    prices = dict(work)
    return [
        replace(line, amount_minor=prices[line.description])
        if line.amount_minor is not None and line.description in prices else line
        for line in lines
    ]  # fmt: skip
