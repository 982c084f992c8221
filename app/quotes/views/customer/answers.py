"""The customer's own page: the quote to be answered, or what became of it."""

from datetime import date
from typing import Any

from flask import Response, make_response, request, url_for
from flask_login import current_user

from app.appointments.queries import Visit, next_visit
from app.appointments.words import span_words
from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.extensions import csrf, db
from app.leads.services import get_lead
from app.quotes.forms import AnswerForm
from app.quotes.models import Quote
from app.quotes.queries import accepted_besides, offer_of, open_successor, standing, yes_stands
from app.quotes.queries.popular import most_chosen
from app.quotes.queries.slots import is_chosen, open_slots
from app.quotes.queries.starting import DAYS_TO_CANCEL, start_of
from app.quotes.services import DECLINE_REASONS, accept, ask, decline, note_opened
from app.quotes.services.details import keep_place
from app.quotes.services.slots import accept_with_slot
from app.quotes.views import bp
from app.quotes.views.customer.links import READS, WRITES, firm_page, open_link, private
from app.workspaces.queries import current_workspace, today_here


@bp.get("/c/<secret>")
@READS
def customer_page(secret: str) -> Response:
    """The quote to be answered, or what became of it."""
    return as_it_stands(open_link(secret), secret, has_gone=request.args.get("slot") == "gone")


@bp.post("/c/<secret>/accept")
@csrf.exempt
@WRITES
def accept_quote(secret: str) -> Response:
    """Accept one rung, perhaps with a time and an address. Whoever comes second is shown what was accepted."""
    quote, typed = open_link(secret), AnswerForm.of_request(request.form)
    try:
        has_time = _accept(quote, typed)
    except Invalid as error:
        db.session.rollback()  # an answer may have been kept before the address was found wrong: none of it stands
        return private(_offer(open_link(secret), secret, typed, error.errors, 422))
    except Conflict:
        return _too_late(secret)
    return private(redirect_to(url_for("quotes.customer_page", secret=secret, slot=None if has_time else "gone")))


@bp.get("/c/<secret>/accept")
@bp.get("/c/<secret>/slot")
@READS
def answered_at(secret: str) -> Response:
    """The address of an answer that has to be put right: asked for anew, by a reload say, it is the quote's page."""
    return private(redirect_to(url_for("quotes.customer_page", secret=secret)))


@bp.get("/c/<secret>/decline")
@READS
def decline_page(secret: str) -> Response:
    """Why not: one question, asked only of those who want to say no."""
    quote = open_link(secret)
    if standing(quote, today_here()) != "open":
        return as_it_stands(quote, secret)
    return _step(quote, secret, "decline", AnswerForm(), {})


@bp.post("/c/<secret>/decline")
@csrf.exempt
@WRITES
def decline_quote(secret: str) -> Response:
    """Say no, with the reason if one is given."""
    quote, typed = open_link(secret), AnswerForm.of_request(request.form)
    try:
        decline(quote, typed.reason, typed.words, web.actor())
    except Invalid as error:
        return _step(quote, secret, "decline", typed, error.errors, 422)
    except Conflict:
        return _too_late(secret)
    return private(redirect_to(url_for("quotes.customer_page", secret=secret)))


@bp.get("/c/<secret>/question")
@READS
def question_page(secret: str) -> Response:
    """A place to ask, and afterwards the word that it has come in."""
    return _step(open_link(secret), secret, "question", AnswerForm(), {}, is_sent=request.args.get("sent") == "1")


@bp.post("/c/<secret>/question")
@csrf.exempt
@WRITES
def ask_question(secret: str) -> Response:
    """Keep the question and let someone ring back."""
    quote, typed = open_link(secret), AnswerForm.of_request(request.form)
    try:
        ask(quote, typed.words, web.actor())
    except Invalid as error:
        return _step(quote, secret, "question", typed, error.errors, 422)
    return private(redirect_to(url_for("quotes.question_page", secret=secret, sent="1")))


@bp.post("/c/<secret>/opened")
@csrf.exempt
@WRITES
def opened(secret: str) -> Response:
    """Told by the page once it has been visible for a while. Staff looking at it don't count."""
    quote = open_link(secret)
    if not current_user.is_authenticated:
        note_opened(quote, web.actor())
    return private(make_response("", 204))


def as_it_stands(
    quote: Quote, secret: str, status: int = 200, *, has_gone: bool = False, errors: dict[str, str] | None = None,
    typed: AnswerForm | None = None,
) -> Response:
    """The offer while it can be answered, else what became of it. `has_gone`: a time that was chosen is taken;
    `typed`: what is to be put right.
    """
    stands, typed = standing(quote, today_here()), typed or AnswerForm()
    if stands == "open":
        return private(_offer(quote, secret, typed, errors or {}, status))
    successor = open_successor(quote)
    if successor is not None and successor.revoked_at is not None:
        successor = None  # its link was taken back
    return private(
        page(
            "quotes/closed.html", status, **firm_page(), offer=offer_of(quote), secret=secret,
            newer_secret=successor.link_secret if successor else None, accepted_before=accepted_besides(quote),
            yes_stands=successor is None or stands != "accepted" or yes_stands(quote.id),
            answered_on=_local_day(quote), early_start=quote.starts_before_cancellation_ends,
            has_gone=has_gone, errors=errors or {}, typed=typed,
            pdf_url=_pdf_url(secret), **_visit_values(quote, stands),
        )
    )  # fmt: skip


def offer_values(quote: Quote) -> dict[str, Any]:
    """What the page of an open quote shows, for its customer and for the desk's preview alike."""
    offer = offer_of(quote)
    return {
        **firm_page(), "offer": offer, "start": start_of(offer), "most_chosen": most_chosen(),
        "accepted_before": accepted_besides(quote),
    }  # fmt: skip


def _accept(quote: Quote, typed: AnswerForm) -> bool:
    """Keep the answer; whether a time that was chosen could still be had. Raises Conflict, Invalid with all errors."""
    errors, has_time = {}, True
    try:
        keep_place(get_lead(quote.lead_id, lock=True), typed.place, web.actor())
    except Invalid as invalid:
        errors = invalid.errors
    answer = (quote, typed.option_id, typed.name, typed.early_start)
    try:
        if typed.slot:
            has_time = accept_with_slot(*answer, typed.slot_id, web.actor())
        else:
            accept(*answer, web.actor())
    except Invalid as invalid:
        errors = errors | invalid.errors
    if errors:
        raise Invalid(errors)
    return has_time


def _too_late(secret: str) -> Response:
    """How the quote stands by now, its link perhaps withdrawn."""
    db.session.rollback()
    return as_it_stands(open_link(secret), secret, 409)


def _offer(quote: Quote, secret: str, typed: AnswerForm, errors: dict[str, str], status: int) -> Response:
    values = {"secret": secret, "typed": typed, "errors": errors, "pdf_url": _pdf_url(secret)}
    return page("quotes/customer.html", status, **offer_values(quote), **values)


def _step(
    quote: Quote, secret: str, name: str, typed: AnswerForm, errors: dict[str, str], status: int = 200,
    is_sent: bool = False,
) -> Response:  # fmt: skip
    return private(
        page(
            f"quotes/{name}.html", status, **firm_page(), secret=secret, typed=typed, errors=errors, is_sent=is_sent,
            offer=offer_of(quote), reasons=list(DECLINE_REASONS.items()),
        )
    )  # fmt: skip


def _visit_values(quote: Quote, stands: str) -> dict[str, Any]:
    """The visit that is booked, or the times to choose one from, for who has accepted."""
    if stands != "accepted":
        return {"visit": None, "visit_words": "", "slots": [], "is_first_clean": False, "cancel_until": None}
    visit, zone, agreed_on = next_visit(quote.lead_id), current_workspace().clock().zone, _local_day(quote)
    values = {"visit": visit, "slots": [] if visit else open_slots(quote.lead_id)}
    return values | {
        "visit_words": span_words(visit.starts_at, visit.ends_at, zone) if visit else "",
        "is_first_clean": visit is not None and _is_first_clean(quote, visit),
        "cancel_until": agreed_on + DAYS_TO_CANCEL if agreed_on else None,
    }


def _is_first_clean(quote: Quote, visit: Visit) -> bool:
    """Whether they come to clean; else somebody only wants to see the work."""
    day = visit.starts_at.astimezone(current_workspace().clock().zone).date()
    return get_lead(quote.lead_id).first_service_date == day or is_chosen(visit.id)


def _pdf_url(secret: str) -> str:
    """The quote as a PDF."""
    return url_for("quotes.customer_pdf", secret=secret)


def _local_day(quote: Quote) -> date | None:
    return quote.answered_at.astimezone(current_workspace().clock().zone).date() if quote.answered_at else None
