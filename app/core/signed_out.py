"""Whoever is signed out, or has signed in anew, while a page stands open: the way to the sign-in and back.

What was sent meanwhile is not lost. htmx leaves it where it was typed (signed_out.js); a form that was sent as a page
comes back as one that holds all of it, to be sent again.
"""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, make_response, render_template, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf

from app.core.fragments import redirect_to, shown_address, wants_fragment
from app.core.ids import parse_id
from app.core.problems import problem

_CSRF = "This page was open for too long. Go back, reload it and send it again; what you typed is still there."
#: More is no form of ours.
_MOST_FIELDS = 4_000
_ANEW = "Somebody has signed in here since this page was opened. Reload it, then try again."


def read_cookie(text: str) -> tuple[UUID, str] | None:
    """Whom a session's cookie names, and its token; None for what is no such text."""
    user_id, _, token = text.partition(".")
    parsed = parse_id(user_id)
    return (parsed, token) if parsed else None


def to_sign_in() -> Response:
    """To the sign-in, and from there to what was asked for."""
    if wants_fragment():
        return _ask_to_sign_in()
    if _wants_words():
        return problem(401)
    if _is_form_of_desk():
        return _to_send_again(401)
    target = url_for("accounts.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.accept_mimetypes.best == "text/event-stream":
        return make_response("", 401)
    return redirect_to(target)


def refused_token(error: CSRFError) -> Response:
    """A form without the token of this session: its session is over, or another has begun since in this browser.

    The latter is told the new one, and whose it is, so that what was typed can be sent again as it stands. Only our
    own pages can read the answer.
    """
    if _is_form_of_desk():
        return _to_send_again(400)
    is_script = wants_fragment() or _wants_words()
    if not is_script or request.url_rule is None or not request.url_rule.rule.startswith("/w/<slug>"):
        return problem(400, _CSRF)
    named = read_cookie(session.get("_user_id", ""))
    if named is None:
        return problem(401) if _wants_words() else _ask_to_sign_in()
    response = problem(400, _ANEW)
    response.headers.update({"X-New-Token": generate_csrf(), "X-Viewer": str(named[0])})
    return response


def _wants_words() -> bool:
    """Whether a script of the desk asks that shows no answer but a reason: for a card that was moved, a star."""
    return request.accept_mimetypes.best == "text/plain"


def _is_form_of_desk() -> bool:
    """Whether a page of the desk was sent as a form that a page answers, so that its fields may be handed back with a
    new token. Who else might have made a browser send it gets none.
    """
    if wants_fragment() or request.method != "POST" or request.url_rule is None:
        return False
    if "text/html" not in request.accept_mimetypes.values():  # a script that would not show a page says */*
        return False
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "").partition("://")[2]
    is_ours = site == "same-origin" if site else origin == request.host
    return is_ours and request.url_rule.rule.startswith("/w/<slug>")


def _to_send_again(status: int) -> Response:
    """The page that holds what was sent. Whose session it will be sent in, it says."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if len(fields) > _MOST_FIELDS:
        return problem(status, _CSRF)
    shown = urlsplit(request.referrer or "")
    back = f"{shown.path}?{shown.query}".rstrip("?") if shown.netloc == request.host else None
    named = read_cookie(session.get("_user_id", ""))
    name = current_user.name if named and current_user.is_authenticated else ""
    files = [file.filename for file in request.files.values() if file.filename]
    page = render_template(
        "errors/send_again.html", fields=fields, action=request.full_path.rstrip("?"), name=name, files=files,
        sign_in=url_for("accounts.login", next=back), token=generate_csrf() if name else "",
        viewer=named[0] if named and name else "",
    )  # fmt: skip
    return make_response(page, status)


def _ask_to_sign_in() -> Response:
    """To htmx: the way back is to the page that is shown, for the part that was asked for is none.

    What was sent takes the place of nothing. The page says it (signed_out.js), and keeps what was typed.
    """
    target = url_for("accounts.login", next=shown_address())
    if request.method == "GET":
        return make_response("", 401, {"HX-Redirect": target})
    response = problem(401)
    response.headers["X-Sign-In"] = target
    return response
