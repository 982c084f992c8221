"""The browser's side of a session: who flask-login says is there, and the cookies."""

import math
from dataclasses import dataclass
from uuid import UUID

import structlog
from flask import Response, current_app, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from app.accounts import services
from app.accounts.models import User
from app.core import web
from app.core.fragments import redirect_to
from app.core.signed_out import read_cookie
from app.extensions import login_manager

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The account behind a request's session. What they may do is decided by their membership (core/web.py)."""

    user_id: UUID
    session_id: UUID
    name: str
    email: str
    token: str

    def get_id(self) -> str:
        """What the signed cookie holds."""
        return f"{self.user_id}.{self.token}"


@login_manager.user_loader
def load_signed_in(text: str) -> SignedIn | None:
    """The session of a cookie, or None when it is no longer good."""
    named = read_cookie(text)
    if named is None:
        return None
    person, token = named
    found = web.found_with_place(person, token) or services.resume_session(person, token)
    return SignedIn(person, found.id, found.name, found.email, token) if found else None


def begin_session(user: User, target: str) -> Response:
    """Sign this browser in as `user` and go to `target`. Whatever session it had before is ended."""
    if current_user.is_authenticated:
        services.end_session(current_user.session_id)
    session.clear()
    started = services.start_session(user, web.actor())
    login_user(SignedIn(user.id, started.session.id, user.name, user.email, started.token))
    session.permanent = True
    log.info("signed_in", user_id=str(user.id))
    response = redirect_to(target)
    device = services.remember_device(user.id, device_token())
    response.set_cookie(
        device_cookie(), device, max_age=services.DEVICE_LIFE, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def end_session_here(target: str) -> Response:
    """End the session of this browser, if it has one, let it forget what it kept of the desk, and go to `target`."""
    if current_user.is_authenticated:
        services.end_session(current_user.session_id)
        log.info("signed_out", user_id=str(current_user.user_id))
    logout_user()
    session.clear()
    response = redirect_to(target)
    # Not "cookies": the one that marks a known device stays, so that strangers can't lock its owner out.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def wait_words(error: services.TooManyFailures) -> str:
    """How long to wait, such as "Wait 15 minutes"."""
    minutes = math.ceil(error.wait.total_seconds() / 60)
    return f"Wait {minutes} minute{'s' if minutes > 1 else ''}"


def after_waiting(response: Response, error: services.TooManyFailures) -> Response:
    """The answer, saying to programs too when to try again."""
    response.headers["Retry-After"] = str(math.ceil(error.wait.total_seconds()))
    return response


def device_token() -> str | None:
    """What this browser's device cookie holds, if it has one."""
    return request.cookies.get(device_cookie())


def device_cookie() -> str:
    """The name of the cookie by which a browser is known; with https the browser guards its origin by the prefix."""
    return "__Host-sill-device" if current_app.config["SESSION_COOKIE_SECURE"] else "sill-device"
