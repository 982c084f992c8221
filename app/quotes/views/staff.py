"""Writing, looking at and sending quotes, as a page of its own or in the lead's drawer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.money import plain_amount
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.extensions import db, limiter
from app.leads.models import Lead
from app.leads.queries.similar import similar_houses
from app.leads.services import get_lead
from app.leads.words import EXTRA_WORDS, FREQUENCY_WORDS, often
from app.quotes.forms import QuoteForm
from app.quotes.models import Quote
from app.quotes.queries import (
    Offer,
    get_quote,
    latest_quote,
    offer_of,
    open_successor,
    quotes_of,
)
from app.quotes.services import (
    DECLINE_REASONS,
    book_for,
    channels_for,
    draft_quote,
    link_of,
    priced_for,
    reckon,
    send_quote,
    suggested_work,
)
from app.quotes.views import bp
from app.quotes.views.customer import firm_values
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace, today_here

CHANNEL_WORDS = {"email": "email", "sms": "SMS"}


@bp.get("/w/<slug>/leads/<uuid:lead_id>/quotes/new")
@permit("quotes:write")
def new(slug: str, lead_id: UUID) -> Response:
    """The form, filled from the last quote or from what the lead asked for."""
    lead, last, workspace = get_lead(lead_id), latest_quote(lead_id), current_workspace()
    valid_until = today_here() + timedelta(days=workspace.quote_valid_days)
    if last is not None:
        form = QuoteForm.of_quote(last, valid_until)
    else:
        form = QuoteForm.of_lead(lead, valid_until, workspace.quote_terms, priced_for(lead, book_for()))
    return _form_page(lead, form, {})


@bp.post("/w/<slug>/leads/<uuid:lead_id>/quotes/new")
@permit("quotes:write")
def create(slug: str, lead_id: UUID) -> Response:
    """Keep the draft and show it as the customer will see it."""
    lead = get_lead(lead_id)
    form = QuoteForm.of_request(request.form)
    if request.form.get("fill") and (priced := priced_for(lead, book_for())):
        return _form_page(lead, form.with_prices(lead, priced), {})
    try:
        quote = draft_quote(lead_id, form.draft(lead.currency), web.actor(), seen=form.seen)
    except Invalid as error:
        return _form_page(lead, form, error.errors, 422)
    except Conflict as error:
        return _form_page(lead, form, {"": error.message}, 409)
    return _after(quote, "")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/quotes/reckon")
@permit("quotes:write")
def reckoned(slug: str, lead_id: UUID) -> Response:
    """What the prices typed so far come to, for the form while it is filled in; keeps nothing."""
    lead = get_lead(lead_id)
    draft, _ = QuoteForm.of_request(request.form).read(lead.currency)
    return answer(fragment("quotes/_reckoned.html", lead=lead, reckoned=reckon(lead, draft)))


@bp.get("/w/<slug>/quotes/<uuid:quote_id>")
@permit("quotes:read")
def show(slug: str, quote_id: UUID) -> Response:
    """One version: how it stands, what became of it, and what its customer sees."""
    return _quote_page(get_quote(quote_id))


@bp.get("/w/<slug>/quotes/<uuid:quote_id>/preview")
@permit("quotes:read")
def preview(slug: str, quote_id: UUID) -> Response:
    """The customer's own page, with nothing on it that can be pressed."""
    return page(
        "quotes/customer.html", **firm_values(), offer=offer_of(get_quote(quote_id)), secret=None, errors={}, typed=None
    )


@bp.post("/w/<slug>/quotes/<uuid:quote_id>/send")
@permit("quotes:write")
@limiter.limit(SENDING, key_func=person_or_block)
def send(slug: str, quote_id: UUID) -> Response:
    """Send it by the channel chosen; a second click sends nothing."""
    channel, seen = request.form.get("channel", ""), request.form.get("version", "")
    try:
        quote = send_quote(quote_id, channel, web.actor(), seen_version=int(seen) if seen.isdecimal() else None)
    except Invalid as error:
        db.session.rollback()  # what is shown now is how the quote stands without this
        return _quote_page(get_quote(quote_id), error.errors, 422)
    except Conflict as error:
        db.session.rollback()
        return _quote_page(get_quote(quote_id), {"": error.message}, 409)
    return _after(quote, f"Quote {quote.number} is on its way by {CHANNEL_WORDS[channel]}")


@bp.get("/w/<slug>/leads/<uuid:lead_id>/quotes")
@permit("quotes:read")
def panel(slug: str, lead_id: UUID) -> Response:
    """The lead's quotes as the drawer shows them, fetched anew when the lead changes."""
    get_lead(lead_id)
    return answer(fragment("quotes/_panel.html", lead_id=lead_id, quotes=quotes_of(lead_id), viewer=g.viewer))


def _after(quote: Quote, words: str) -> Response:
    """To the quote's page: by redirect for a browser, in place for the drawer."""
    target = url_for("quotes.show", quote_id=quote.id)
    if wants_fragment():
        response = _quote_page(quote, words=words)
        response.headers["HX-Push-Url"] = target
        return response
    if words:
        flash(words, "good")
    return redirect_to(target)


def _form_page(lead: Lead, form: QuoteForm, errors: dict[str, str], status: int = 200) -> Response:
    book = book_for()
    values: dict[str, Any] = {
        "lead": lead, "first_name": lead.contact.first_name, "customer": lead.contact.name, "form": form,
        "errors": errors, "reckoned": reckon(lead, form.read(lead.currency)[0]), "similar": similar_houses(lead),
        "book_no": book.version_no if book else None, "terms_no": current_workspace().quote_terms_version_no,
        "suggestions": [(words, plain_amount(minor)) for words, minor in suggested_work(lead)],
        "rungs": [(key, FREQUENCY_WORDS[key]) for key in form.prices], "viewer": g.viewer,
        "wanted": _wanted(lead), "in_drawer": wants_fragment(),
    }  # fmt: skip
    return desk_or_fragment("leads", "quotes/new.html", "quotes/_new.html", status, **values)


def _quote_page(quote: Quote, errors: dict[str, str] | None = None, status: int = 200, words: str = "") -> Response:
    lead = get_lead(quote.lead_id)
    offer: Offer = offer_of(quote)
    can_write = g.viewer.can("quotes:write")
    successor = open_successor(quote) if offer.quote.standing == "replaced" else None
    values: dict[str, Any] = {
        "lead": lead, "customer": lead.contact.name, "offer": offer, "quote": offer.quote, "viewer": g.viewer,
        "channels": list(channels_for(lead.contact)) if can_write else [], "can_write": can_write,
        "link": link_of(quote) if can_write and offer.quote.standing == "open" else None,
        "accepted_name": quote.accepted_name, "early_start": quote.starts_before_cancellation_ends,
        "reason": DECLINE_REASONS.get(quote.decline_reason or "", ""), "decline_words": quote.decline_words,
        "successor_id": successor.id if successor else None, "errors": errors or {}, "words": words,
        "in_drawer": wants_fragment(),
    }  # fmt: skip
    return desk_or_fragment("leads", "quotes/show.html", "quotes/_show.html", status, **values)


def _wanted(lead: Lead) -> str:
    """What the enquiry asked for, in one line."""
    rhythms = [often(lead.frequency)] if lead.frequency else []
    extras = [EXTRA_WORDS.get(extra, extra.replace("_", " ")).lower() for extra in lead.extras]
    return ", ".join(rhythms + extras)
