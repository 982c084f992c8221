"""A new password: for who has forgotten theirs, by a mailed link, and for who is signed in."""

import structlog
from flask import Response, current_app, flash, request, url_for
from flask_login import current_user

from app.accounts import services
from app.accounts.views.browser import after_waiting, begin_session, device_token, end_session_here, wait_words
from app.accounts.views.signing import bp
from app.core import web
from app.core.errors import Invalid, NotFound
from app.core.fragments import page, redirect_to
from app.extensions import limiter

log = structlog.get_logger(__name__)

_ASKED_OFTEN = "A link was asked for several times. Look for the newest mail, also among the spam."
_NOT_PRESENT = "That is not your present password."


@bp.get("/password/forgotten")
def forgotten_password() -> Response:
    """Ask for the address to mail a link to."""
    return _forgotten()


@bp.post("/password/forgotten")
@limiter.limit("30 per hour")
def ask_for_link() -> Response:
    """Have a link mailed. The answer is the same whether or not there is an account."""
    typed = request.form.get("email", "")
    try:
        services.ask_for_link(typed, web.actor())
    except Invalid as error:
        return _forgotten(422, typed=typed, errors=error.errors)
    except services.TooManyFailures as error:
        words = f"{_ASKED_OFTEN} {wait_words(error)} before you ask again."
        return after_waiting(_forgotten(429, typed=typed, errors={"email": words}), error)
    log.info("password_link_asked")
    return redirect_to(url_for("accounts.link_asked"))


@bp.get("/password/forgotten/sent")
def link_asked() -> Response:
    """What to do now. A page of its own, so that loading it again asks for nothing."""
    return page("accounts/link_asked.html")


@bp.get("/password/new/<key>")
@limiter.limit("60 per minute")
def new_password(key: str) -> Response:
    """Behind the mailed link. Looking changes nothing: mail scanners open links before people do."""
    return _by_link(key)


@bp.post("/password/new/<key>")
@limiter.limit("30 per minute")
def choose_password(key: str) -> Response:
    """Set the new password, and lead to the sign-in page.

    Nobody is signed in by the link: whoever has it must still know what was chosen, a password manager sees the pair
    in use at once, and a second factor one day is asked for in one place only (OWASP, Forgot Password Cheat Sheet).
    """
    try:
        user = services.choose_password(key, request.form.get("password", ""), web.actor())
    except Invalid as error:
        return _by_link(key, 422, errors=error.errors)
    except NotFound:
        return _unnamed(page("accounts/link_gone.html", 404))
    log.info("password_reset", user_id=str(user.id))
    response = end_session_here(url_for("accounts.login"))
    flash("Your password is changed. Sign in with the new one.", "good")
    return _unnamed(response)


@bp.get("/password")
def password() -> Response:
    """Change the password of who is signed in; a stranger signs in first."""
    return _change() if current_user.is_authenticated else _sign_in_first()


@bp.post("/password")
@limiter.limit("30 per minute; 300 per hour", deduct_when=lambda response: response.status_code >= 400)
@limiter.limit("120 per minute")  # before the hash, as at signing in
def change_password() -> Response:
    """Change it. Other browsers are signed out; this one goes on in a session of its own with a new token."""
    if not current_user.is_authenticated:
        return _sign_in_first()
    present, new = request.form.get("present", ""), request.form.get("password", "")
    try:
        user = services.change_password(current_user.user_id, present, new, device_token(), web.actor())
    except Invalid as error:
        return _change(422, error.errors)
    except services.SignInRefused:
        log.info("password_change_refused", user_id=str(current_user.user_id))
        return _change(422, {"present": _NOT_PRESENT})
    except services.TooManyFailures as error:
        words = f"Too many failed attempts. {wait_words(error)}, then try again."
        return after_waiting(_change(429, {"present": words}), error)
    log.info("password_changed", user_id=str(user.id))
    response = begin_session(user, url_for("accounts.home"))
    flash("Your password is changed. Other browsers have been signed out.", "good")
    return response


def _forgotten(status: int = 200, *, typed: str = "", errors: dict[str, str] | None = None) -> Response:
    sends_mail = bool(current_app.extensions["config"].smtp_host)
    return page("accounts/forgotten.html", status, typed=typed, errors=errors or {}, sends_mail=sends_mail)


def _by_link(key: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    try:
        user = services.account_of_link(key)
    except NotFound:
        return _unnamed(page("accounts/link_gone.html", 404))
    return _unnamed(page("accounts/new_password.html", status, email=user.email, errors=errors or {}))


def _change(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return page("accounts/password.html", status, email=current_user.email, errors=errors or {})


def _sign_in_first() -> Response:
    return redirect_to(url_for("accounts.login", next=url_for("accounts.password")))


def _unnamed(response: Response) -> Response:
    """The answer, whose address no request that it leads to names. Our origin still does: forms are checked by it."""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
