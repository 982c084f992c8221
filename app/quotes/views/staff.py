"""Looking at quotes, sending, renewing and withdrawing them, as a page of its own or in the lead's drawer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.contacts.models import Contact
from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.network import SENDING, person_or_block
from app.core.numbers import read_version
from app.core.permissions import permit
from app.extensions import db, limiter
from app.leads.models import FREQUENCIES
from app.leads.services import get_lead
from app.leads.words import often
from app.messaging.services import ways_to_reach
from app.quotes import services
from app.quotes.models import Quote
from app.quotes.queries import (
    Offer,
    accepted_besides,
    get_quote,
    newer_offer,
    offer_of,
    offered_rung,
    open_successor,
    parties_of,
    quotes_of,
    was_accepted_meanwhile,
)
from app.quotes.services import DECLINE_REASONS, book_for, link_of, send_quote
from app.quotes.services.answering import LONGEST_NAME
from app.quotes.views import bp
from app.quotes.views.customer import offer_values
from app.workspaces.layout import desk_or_fragment

CHANNEL_WORDS = {"email": "email", "sms": "SMS"}


@bp.get("/w/<slug>/quotes/<uuid:quote_id>")
@permit("quotes:read")
def show(slug: str, quote_id: UUID) -> Response:
    """One version: how it stands, what became of it, and what its customer sees."""
    return _quote_page(get_quote(quote_id))


@bp.get("/w/<slug>/quotes/<uuid:quote_id>/preview")
@permit("quotes:read")
def preview(slug: str, quote_id: UUID) -> Response:
    """The customer's own page, with nothing on it that can be pressed."""
    values = {"secret": None, "errors": {}, "typed": None, "pdf_url": None}
    return page("quotes/customer.html", **offer_values(get_quote(quote_id)), **values)


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/send")
@permit("quotes:write")
@limiter.limit(SENDING, key_func=person_or_block)
def send(slug: str, quote_id: UUID) -> Response:
    """Send it by the channel chosen; a second click sends nothing, nor does one that doesn't know what was accepted."""
    channel, seen = request.form.get("channel", ""), request.form.get("version", "")
    seen_version, despite = read_version(seen) if seen else None, parse_id(request.form.get("despite"))
    try:
        quote = send_quote(quote_id, channel, web.actor(), seen_version=seen_version, despite=despite)
    except Invalid as error:
        db.session.rollback()  # what is shown now is how the quote stands without this
        return _quote_page(get_quote(quote_id), error.errors, 422)
    except Conflict as error:
        db.session.rollback()
        return _quote_page(get_quote(quote_id), {"": error.message}, 409)
    return after(quote, f"Quote {quote.number} is on its way by {CHANNEL_WORDS[channel]}")


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/said-yes")
@permit("quotes:write")
def said_yes(slug: str, quote_id: UUID) -> Response:
    """The customer said yes by phone or at the door, to the rung that is named; the rest goes as by their link."""
    option_id, early_start = parse_id(request.form.get("option")), "early_start" in request.form

    def act() -> Quote:
        quote = get_quote(quote_id)
        return services.accept(quote, option_id, _who_said_yes(quote), early_start, web.actor())

    return _do(quote_id, act, "Quote {} is accepted")


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/renew")
@permit("quotes:write")
def renew(slug: str, quote_id: UUID) -> Response:
    """Draft the next version: the same content with a new last day; with `anew` at today's prices."""
    anew = request.form.get("anew") == "1"
    before = {option.frequency for option in get_quote(quote_id).options}

    def said(quote: Quote) -> str:
        left = [often(key) for key in FREQUENCIES if key in before - {option.frequency for option in quote.options}]
        words = f"Quote {quote.number} is drafted, not sent"
        return f"{words}. Without {' and '.join(left)}: the price book has no price for it now" if left else words

    return _do(quote_id, lambda: services.renew(quote_id, web.actor(), anew=anew), said)


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/revoke")
@permit("quotes:write")
def revoke(slug: str, quote_id: UUID) -> Response:
    """Withdraw the customer's link."""
    return _do(quote_id, lambda: services.revoke_link(quote_id, web.actor()), "The link to quote {} opens nothing now")


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/restore")
@permit("quotes:write")
def restore(slug: str, quote_id: UUID) -> Response:
    """Give a withdrawn link back."""
    return _do(quote_id, lambda: services.restore_link(quote_id, web.actor()), "The link to quote {} works again")


@bp.get("/w/<slug>/leads/<uuid:lead_id>/quotes")
@permit("quotes:read")
def panel(slug: str, lead_id: UUID) -> Response:
    """The lead's quotes as the drawer shows them, fetched anew when the lead changes."""
    get_lead(lead_id)
    quotes = quotes_of(lead_id)
    values = {"lead_id": lead_id, "quotes": quotes, "newer_offer": newer_offer(quotes), "viewer": g.viewer}
    return answer(fragment("quotes/_panel.html", **values))


def _do(quote_id: UUID, act: Callable[[], Quote], words: str | Callable[[Quote], str]) -> Response:
    """Do it and show the quote that comes of it, with `words` about it; a conflict shows how things stand."""
    try:
        quote = act()
    except Invalid as error:
        db.session.rollback()
        return _quote_page(get_quote(quote_id), error.errors, 422)
    except Conflict as error:
        db.session.rollback()
        return _quote_page(get_quote(quote_id), {"": error.message}, 409)
    return after(quote, words.format(quote.number) if isinstance(words, str) else words(quote))


def after(quote: Quote, words: str) -> Response:
    """To the quote's page: by redirect for a browser, in place for the drawer."""
    target = url_for("quotes.show", quote_id=quote.id)
    if wants_fragment():
        response = _quote_page(quote, words=words)
        response.headers["HX-Push-Url"] = target
        return response
    if words:
        flash(words, "good")
    return redirect_to(target)


def _who_said_yes(quote: Quote) -> str:
    """The name that stands under a yes by phone: nobody typed one."""
    _, contact, _ = parties_of(quote)
    return contact.name[:LONGEST_NAME].strip() or "the customer"  # tables bring longer ones along


def _channels(contact: Contact) -> list[str]:
    """By which ways a quote can be sent: the one that the customer prefers first."""
    return sorted(ways_to_reach(contact), key=lambda channel: channel != contact.preferred_method)


def _quote_page(quote: Quote, errors: dict[str, str] | None = None, status: int = 200, words: str = "") -> Response:
    lead, contact, _ = parties = parties_of(quote)
    offer: Offer = offer_of(quote, parties)
    can_write = g.viewer.can("quotes:write")
    stands, is_open = offer.quote.standing, offer.quote.standing == "open" and quote.revoked_at is None
    has_ended = stands not in ("draft", "open")
    successor = open_successor(quote) if stands in ("replaced", "accepted") else None
    accepted = accepted_besides(quote)
    book = book_for(quote.price_book_id) if quote.price_book_id else None
    values: dict[str, Any] = {
        "lead": lead, "customer": contact.name, "offer": offer, "quote": offer.quote, "viewer": g.viewer,
        "channels": _channels(contact) if can_write and not has_ended else [], "can_write": can_write,
        "link": link_of(quote) if can_write and is_open else None, "has_link": quote.link_secret_sealed is not None,
        "revoked_at": quote.revoked_at, "book_no": book.version_no if book else None, "book_id": quote.price_book_id,
        "has_book": can_write and has_ended and book_for() is not None, "reminded_at": quote.reminded_at,
        "wanted": offered_rung(quote, lead).id if is_open else None, "accepted_name": quote.accepted_name,
        "early_start": quote.starts_before_cancellation_ends,
        "reason": DECLINE_REASONS.get(quote.decline_reason or "", ""), "decline_words": quote.decline_words,
        "successor_id": successor.id if successor else None, "accepted_before": accepted,
        "accepted_meanwhile": stands == "draft" and was_accepted_meanwhile(quote, accepted),
        "errors": errors or {}, "words": words, "in_drawer": wants_fragment(),
    }  # fmt: skip
    return desk_or_fragment("leads", "quotes/show.html", "quotes/_show.html", status, **values)
