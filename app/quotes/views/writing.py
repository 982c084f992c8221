"""The form of a quote, as a page of its own or in the lead's drawer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, g, request

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, wants_fragment
from app.core.money import format_money, plain_amount
from app.core.permissions import permit
from app.leads.models import Lead
from app.leads.queries.similar import similar_houses
from app.leads.services import get_lead
from app.leads.words import EXTRA_WORDS, FREQUENCY_WORDS, often
from app.price_book.queries import Book
from app.quotes.forms import QuoteForm
from app.quotes.queries import accepted_quote, latest_quote, rung_words
from app.quotes.services import Reckoned, book_for, draft_quote, faults, priced_for, reckon, suggested_work
from app.quotes.views import bp
from app.quotes.views.staff import after
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace, today_here


@bp.get("/w/<slug>/leads/<uuid:lead_id>/quotes/new")
@permit("quotes:write")
def new(slug: str, lead_id: UUID) -> Response:
    """The form, filled from the last quote or from what the lead asked for."""
    lead, last, workspace, book = get_lead(lead_id), latest_quote(lead_id), current_workspace(), book_for()
    valid_until = today_here() + timedelta(days=workspace.quote_valid_days)
    if last is not None:
        form = QuoteForm.of_quote(last, valid_until)
    else:
        form = QuoteForm.of_lead(lead, valid_until, workspace.quote_terms, priced_for(lead, book))
    return _form_page(lead, form, {}, book=book, agreed=_agreed(lead))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/quotes/new")
@permit("quotes:write")
def create(slug: str, lead_id: UUID) -> Response:
    """Keep the draft and show it as the customer will see it."""
    lead = get_lead(lead_id)
    form = QuoteForm.of_request(request.form)
    if request.form.get("fill") and (priced := priced_for(lead, book_for())):
        return _form_page(lead, form.with_prices(lead, priced), {})
    if request.form.get("own"):
        return _form_page(lead, form.with_own_price(lead), {}, taken=lead.frequency)
    try:
        draft = form.draft(lead.currency)
        _heed_yes(lead)
        quote = draft_quote(lead_id, draft, web.actor(), seen=form.seen)
    except Invalid as error:
        return _form_page(lead, form, error.errors, 422)
    except Conflict as error:
        form.seen = error.details.get("seen", form.seen)  # who saves again knows of it
        return _form_page(lead, form, {"": error.message}, 409, agreed=_agreed(lead))
    return after(quote, "")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/quotes/reckon")
@permit("quotes:write")
def reckoned(slug: str, lead_id: UUID) -> Response:
    """What the prices typed so far come to, for the form while it is filled in; keeps nothing."""
    lead = get_lead(lead_id)
    draft, errors = QuoteForm.of_request(request.form).read(lead.currency)
    wrong = {**faults(draft), **errors}  # before it is reckoned, which leaves out what can't be
    values = {
        "lead": lead, "first_name": lead.contact.first_name, "reckoned": reckon(lead, draft, book_for()),
        "wrong": wrong,
    }  # fmt: skip
    return answer(fragment("quotes/_reckoned.html", **values))


def _form_page(
    lead: Lead,
    form: QuoteForm,
    errors: dict[str, str],
    status: int = 200,
    *,
    book: Book | None = None,
    taken: str | None = None,
    agreed: str | None = None,
) -> Response:
    """`taken`: the rhythm whose price was just taken from the lead; its field has the focus. `agreed`: the version that
    the writer knows to be accepted, as far as that is not what the form was sent with.
    """
    book = book or book_for()
    reckoned = reckon(lead, form.read(lead.currency)[0], book)
    values: dict[str, Any] = {
        "lead": lead, "first_name": lead.contact.first_name, "customer": lead.contact.name, "form": form,
        "errors": errors, "wrong": errors, "reckoned": reckoned, "similar": similar_houses(lead),
        "book_no": book.version_no if book else None, "terms_no": current_workspace().quote_terms_version_no,
        "suggestions": [(words, plain_amount(minor)) for words, minor in suggested_work(lead, book)],
        "rungs": [(key, FREQUENCY_WORDS[key]) for key in form.prices], "viewer": g.viewer,
        "wanted": _wanted(lead), "own": _own_price(lead, reckoned), "taken": taken,
        "agreed": request.form.get("agreed", "") if agreed is None else agreed,
        "in_drawer": wants_fragment(), "is_unsaved": request.method == "POST",
    }  # fmt: skip
    return desk_or_fragment("leads", "quotes/new.html", "quotes/_new.html", status, **values)


def _agreed(lead: Lead) -> str:
    """The id of the version that the lead's customer has accepted; "" while no yes stands."""
    accepted = accepted_quote(lead.id)
    return str(accepted.id) if accepted else ""


def _heed_yes(lead: Lead) -> None:
    """Raise Conflict for a yes that came while the form was open: whoever writes may not know of it."""
    accepted = accepted_quote(lead.id)
    if accepted is None or request.form.get("agreed", str(accepted.id)) == str(accepted.id):
        return
    rung = next(each for each in accepted.options if each.id == accepted.accepted_option_id)
    said = f"{accepted.number} was accepted meanwhile: {rung_words(rung, accepted.currency)}."
    raise Conflict(f"{said} Yours is still here. Save it again, if you mean to offer something else.")


def _own_price(lead: Lead, reckoned: Reckoned) -> str:
    """The price that stands on the lead, in words, where the quote as it is written asks another for that rhythm."""
    if not lead.frequency or not lead.price_minor:
        return ""
    if any(rung.frequency == lead.frequency and rung.price_minor == lead.price_minor for rung in reckoned.rungs):
        return ""
    return f"{format_money(lead.price_minor, lead.currency)} {often(lead.frequency)}"


def _wanted(lead: Lead) -> str:
    """What the enquiry asked for, in one line."""
    rhythms = [often(lead.frequency)] if lead.frequency else []
    extras = [EXTRA_WORDS.get(extra, extra.replace("_", " ")).lower() for extra in lead.extras]
    return ", ".join(rhythms + extras)
