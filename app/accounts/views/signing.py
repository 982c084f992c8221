"""Signing up, in and out, and the way to one's workspace."""

import structlog
from flask import Blueprint, Response, request, url_for
from flask_login import current_user

from app.accounts import services
from app.accounts.forms import safe_path
from app.accounts.queries import get_user
from app.accounts.views.browser import after_waiting, begin_session, device_token, end_session_here, wait_words
from app.core import web
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.tenancy import Scope, enter
from app.extensions import limiter
from app.workspaces.queries import Place, places_of

log = structlog.get_logger(__name__)
bp = Blueprint("accounts", __name__)

_WRONG = "The email address or the password is not right."


@bp.get("/")
def home() -> Response:
    """To one's only workspace, or a choice of several; for strangers, what this is."""
    if not current_user.is_authenticated:
        return page("accounts/landing.html")
    places = _places()
    if len(places) == 1:
        return redirect_to(url_for("leads.board", slug=places[0].slug))
    return page("accounts/home.html", who=current_user.name, places=places)


@bp.get("/login")
def login() -> Response:
    """The sign-in page; someone signed in goes on to where they wanted."""
    wanted = safe_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect_to(wanted or url_for("accounts.home"))
    return page("accounts/login.html", email="", wanted=wanted, error=None, is_locked=False)


@bp.post("/login")
@limiter.limit("30 per minute; 300 per hour", deduct_when=lambda response: response.status_code >= 400)
@limiter.limit("120 per minute")  # counted before the hash: a thousand at once would pass the limit above, and cost
def sign_in() -> Response:
    """Sign in. Refused with the same words whether or not the account exists."""
    typed = request.form.get("email", "")
    wanted = safe_path(request.form.get("next"))
    try:
        user = services.sign_in(typed, request.form.get("password", ""), device_token())
    except services.SignInRefused:
        log.info("sign_in_refused")
        return page("accounts/login.html", 422, email=typed, wanted=wanted, error=_WRONG, is_locked=False)
    except services.TooManyFailures as error:
        words = f"Too many failed attempts. {wait_words(error)}, then try again."
        response = page("accounts/login.html", 429, email=typed, wanted=wanted, error=words, is_locked=True)
        return after_waiting(response, error)
    return begin_session(user, wanted or url_for("accounts.home"))


@bp.get("/signup")
def signup() -> Response:
    """The sign-up page; someone signed in is only asked for the business."""
    return page("accounts/signup.html", typed={}, errors={}, known=current_user.is_authenticated, is_taken=False)


@bp.post("/signup")
@limiter.limit("20 per hour", deduct_when=lambda response: response.status_code != 422)
@limiter.limit("30 per minute")
def sign_up() -> Response:
    """Make a workspace, and the account that owns it unless someone is signed in."""
    typed = {name: request.form.get(name, "") for name in ("business", "name", "email")}
    known = current_user.is_authenticated
    try:
        if known:
            workspace = services.open_workspace(typed["business"], get_user(current_user.user_id), web.actor())
            return redirect_to(url_for("leads.board", slug=workspace.slug))
        password = request.form.get("password", "")
        user, workspace = services.sign_up(typed["business"], typed["name"], typed["email"], password, web.actor())
    except Invalid as error:
        is_taken = error.errors.get("email") == services.TAKEN
        return page("accounts/signup.html", 422, typed=typed, errors=error.errors, known=known, is_taken=is_taken)
    return begin_session(user, url_for("leads.board", slug=workspace.slug))


@bp.post("/logout")
def logout() -> Response:
    """End the session here and on the server, and let the browser forget what it kept of the desk."""
    return end_session_here(url_for("accounts.login"))


def _places() -> list[Place]:
    enter(Scope(None, current_user.user_id, "none"))
    return places_of(current_user.user_id)
