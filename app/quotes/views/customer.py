"""The customer's own page. The unguessable link is the whole authority: no cookie, no account, no CSRF token.

Reading never changes anything, since mail scanners read every link; only the POSTs do.
"""

from datetime import date
from typing import Any

from flask import Response, abort, make_response, request, url_for
from flask_login import current_user

from app.core import access_keys, phones, tenancy, web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.tenancy import Scope
from app.extensions import csrf, limiter
from app.quotes.forms import AnswerForm
from app.quotes.models import Quote
from app.quotes.queries import brand_key, get_quote, offer_of, open_successor, standing
from app.quotes.services import DECLINE_REASONS, accept, ask, decline, note_opened
from app.quotes.views import bp
from app.workspaces.queries import current_workspace, today_here

# A whole street may share a mobile network's address block; guessing 192 bits is hopeless at any rate.
_READS = limiter.limit("120 per minute")
_WRITES = limiter.limit("30 per minute; 300 per hour")


@bp.get("/c/<secret>")
@_READS
def customer_page(secret: str) -> Response:
    """The quote to be answered, or what became of it."""
    return _as_it_stands(_open(secret), secret)


@bp.post("/c/<secret>/accept")
@csrf.exempt
@_WRITES
def accept_quote(secret: str) -> Response:
    """Accept one rung. Whoever comes second is shown what was accepted."""
    quote, typed = _open(secret), AnswerForm.of_request(request.form)
    try:
        accept(quote, typed.option_id, typed.name, typed.early_start, web.actor())
    except Invalid as error:
        return _private(_offer(quote, secret, typed, error.errors, 422))
    except Conflict:
        return _as_it_stands(quote, secret, 409)
    return _private(redirect_to(url_for("quotes.customer_page", secret=secret)))


@bp.get("/c/<secret>/decline")
@_READS
def decline_page(secret: str) -> Response:
    """Why not: one question, asked only of those who want to say no."""
    quote = _open(secret)
    if standing(quote, today_here()) != "open":
        return _as_it_stands(quote, secret)
    return _step(quote, secret, "decline", AnswerForm(), {})


@bp.post("/c/<secret>/decline")
@csrf.exempt
@_WRITES
def decline_quote(secret: str) -> Response:
    """Say no, with the reason."""
    quote, typed = _open(secret), AnswerForm.of_request(request.form)
    try:
        decline(quote, typed.reason, typed.words, web.actor())
    except Invalid as error:
        return _step(quote, secret, "decline", typed, error.errors, 422)
    except Conflict:
        return _as_it_stands(quote, secret, 409)
    return _private(redirect_to(url_for("quotes.customer_page", secret=secret)))


@bp.get("/c/<secret>/question")
@_READS
def question_page(secret: str) -> Response:
    """A place to ask, and afterwards the word that it has come in."""
    return _step(_open(secret), secret, "question", AnswerForm(), {}, is_sent=request.args.get("sent") == "1")


@bp.post("/c/<secret>/question")
@csrf.exempt
@_WRITES
def ask_question(secret: str) -> Response:
    """Keep the question and let someone ring back."""
    quote, typed = _open(secret), AnswerForm.of_request(request.form)
    try:
        ask(quote, typed.words, web.actor())
    except Invalid as error:
        return _step(quote, secret, "question", typed, error.errors, 422)
    return _private(redirect_to(url_for("quotes.question_page", secret=secret, sent="1")))


@bp.post("/c/<secret>/opened")
@csrf.exempt
@_WRITES
def opened(secret: str) -> Response:
    """Told by the page once it has been visible for a while. Staff looking at it don't count."""
    quote = _open(secret)
    if not current_user.is_authenticated:
        note_opened(quote, web.actor())
    return _private(make_response("", 204))


def _open(secret: str) -> Quote:
    """The quote that a link opens, with its workspace entered. Every link that opens nothing gets the same 404."""
    found = access_keys.find("quote", secret)
    if found is None:
        abort(404)
    tenancy.enter(Scope(found.workspace_id, None, "all"))
    return get_quote(found.target_id)


def _as_it_stands(quote: Quote, secret: str, status: int = 200) -> Response:
    stands = standing(quote, today_here())
    if stands == "open":
        return _private(_offer(quote, secret, AnswerForm(), {}, status))
    successor = open_successor(quote) if stands in ("replaced", "declined", "expired") else None
    return _private(
        page(
            "quotes/closed.html", status, **firm_values(), offer=offer_of(quote), secret=secret,
            newer_secret=successor.link_secret if successor else None,
            answered_on=_local_day(quote),
            early_start=quote.starts_before_cancellation_ends,
        )
    )  # fmt: skip


def _offer(quote: Quote, secret: str, typed: AnswerForm, errors: dict[str, str], status: int) -> Response:
    return page(
        "quotes/customer.html",
        status,
        **firm_values(),
        offer=offer_of(quote),
        secret=secret,
        typed=typed,
        errors=errors,
    )


def _step(
    quote: Quote, secret: str, name: str, typed: AnswerForm, errors: dict[str, str], status: int = 200,
    is_sent: bool = False,
) -> Response:  # fmt: skip
    return _private(
        page(
            f"quotes/{name}.html", status, **firm_values(), secret=secret, typed=typed, errors=errors, is_sent=is_sent,
            offer=offer_of(quote), reasons=list(DECLINE_REASONS.items()),
        )
    )  # fmt: skip


def firm_values() -> dict[str, Any]:
    """What the customer's layout needs of the business: name, colour, telephone as (E.164, as written)."""
    workspace, key = current_workspace(), brand_key()
    number = phones.parse(workspace.phone)
    return {
        "workspace": workspace, "tagline": workspace.tagline,
        "theme_url": url_for("lead_forms.theme", key=key, v=workspace.accent.lstrip("#")) if key else None,
        "phone": (number.e164, number.national) if number else None,
    }  # fmt: skip


def _local_day(quote: Quote) -> date | None:
    return quote.answered_at.astimezone(current_workspace().clock().zone).date() if quote.answered_at else None


def _private(response: Response) -> Response:
    """The link is a key: it goes into no search engine, no cache and no other site's log."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
