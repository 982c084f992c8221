"""The road of a request: who asks, in which workspace, with which rights; and how errors answer."""

import re
import time
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, Response, abort, current_app, g, make_response, request, session
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.core import tenancy
from app.core.access_keys import find
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.fragments import fragment, wants_fragment
from app.core.network import client_address
from app.core.permissions import SEES, Actor
from app.core.problems import problem, problem_page, too_often
from app.core.refusals import facts_of, is_away
from app.core.signed_out import read_cookie, refused_token, to_sign_in
from app.core.tenancy import Scope
from app.extensions import db

log = structlog.get_logger(__name__)
_slugs: dict[str, tuple[float, UUID]] = {}
_SLUG_SECONDS = 60
_SLUG_CACHE = 4096
_seen_last: dict[tuple[UUID, UUID], str] = {}
_SEEN_CACHE = 4096


def init_app(app: Flask) -> None:
    """Hook the road into the app."""
    app.before_request(_start)
    app.before_request(_enter_workspace)
    app.teardown_request(_end)
    app.url_defaults(_fill_slug)
    app.register_error_handler(NotFound, lambda error: problem(404))
    app.register_error_handler(Forbidden, lambda error: problem(403))
    app.register_error_handler(Invalid, lambda error: problem(422, " ".join(error.errors.values())))
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(StaleDataError, lambda error: _conflict(Conflict(_STALE)))
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OperationalError, _operational)
    app.register_error_handler(CSRFError, refused_token)
    app.register_error_handler(TimeoutError, lambda error: _busy())
    app.register_error_handler(  # some limits have an answer of their own, for machines
        RateLimitExceeded, lambda error: error.response or problem(429, too_often(error.limit.limit.get_expiry()))
    )
    app.register_error_handler(HTTPException, lambda error: _http(error))
    app.register_error_handler(Exception, _unforeseen)


def actor() -> Actor:
    """The person behind the request, as services want it (a customer when nobody is signed in)."""
    viewer = g.get("viewer")
    return Actor(
        kind="person" if viewer else "customer",
        user_id=viewer.user_id if viewer else None,
        name=viewer.name if viewer else "",
        address=client_address(),
        device=request.user_agent.string[:300],
        request_id=g.get("request_id"),
    )


def check_permissions_declared(app: Flask) -> None:
    """Refuse to start with a workspace route that says nothing about who may use it."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/w/<slug>") and not hasattr(app.view_functions[rule.endpoint], "permission"):
            raise RuntimeError(f"{rule.endpoint} ({rule.rule}) declares no permission")


def _start() -> None:
    tenancy.leave()
    g.began = time.time_ns() // 1000  # µs since 1970: what a page shows is at least as new
    g.viewer = None
    g.workspace = None
    g.found = None


def _end(error: BaseException | None) -> None:
    tenancy.leave()


def _fill_slug(endpoint: str, values: dict[str, Any]) -> None:
    workspace = g.get("workspace")
    if workspace is not None and "slug" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "slug"):
        values["slug"] = workspace.slug


def _enter_workspace() -> Response | None:
    """For /w/<slug>/...: sign-in first, then membership; a stranger gets the same 404 as for a slug nobody has."""
    if request.url_rule is None or not request.url_rule.rule.startswith("/w/<slug>"):
        return None
    if "_user_id" not in session:  # flask-login's; without it there is nobody to find
        return to_sign_in()
    return _enter((request.view_args or {})["slug"])


def _enter_by_address() -> None:
    """For an address that leads nowhere, such as /w/wells/laeds: who is at home there stays in the frame of the desk.

    Everybody else, and whoever can't be asked about now, gets the bare page.
    """
    found = _UNDER_WORKSPACE.match(request.path)
    if found is None or "_user_id" not in session:
        return
    try:
        _enter(found[1])
    except HTTPException:
        pass  # a stranger there, or no such workspace
    except Exception as error:
        db.session.rollback()
        log.warning("place_not_found", error=type(error).__name__)


def _enter(slug: str) -> Response | None:
    workspace_id = _workspace_of(slug)
    place = _place_and_session(workspace_id) if workspace_id else None
    if not current_user.is_authenticated:
        tenancy.enter(tenancy.NOWHERE)
        return to_sign_in()
    if workspace_id is None:
        abort(404)
    user_id = current_user.user_id
    if place is None or g.found[0] != user_id:
        tenancy.enter(Scope(workspace_id, user_id, "none"))
        place = current_app.extensions["load_place"](workspace_id, user_id)
    if place is None:
        tenancy.enter(tenancy.NOWHERE)
        abort(404)
    g.workspace, g.viewer = place
    sees = SEES[g.viewer.role]
    if len(_seen_last) >= _SEEN_CACHE:
        _seen_last.clear()
    _seen_last[workspace_id, user_id] = sees
    tenancy.enter(Scope(workspace_id, user_id, sees))
    return None


def found_with_place(user_id: UUID, token: str) -> Any:
    """The login session that was found together with the place in the workspace, if it is this one."""
    found = g.get("found")
    return found[2] if found and found[:2] == (user_id, token) else None


def _place_and_session(workspace_id: UUID) -> tuple[Any, Any] | None:
    """The place of whom the cookie names, and their session with it (`found_with_place`), by one statement.

    Nothing is believed yet: flask-login finds the session there, or asks anew and says who is signed in.
    """
    named = read_cookie(session["_user_id"])
    if named is None:
        return None
    user_id, token = named
    # What a member saw the last time is most likely what they see now: one telling instead of two. The place itself
    # is readable in any scope, and nothing else is read before it has settled what holds.
    tenancy.enter(Scope(workspace_id, user_id, _seen_last.get((workspace_id, user_id), "none")))
    entered = current_app.extensions["enter_with_session"](workspace_id, user_id, token)
    if entered is None:
        return None
    view, viewer, found = entered
    g.found = (user_id, token, found)
    return view, viewer


def _workspace_of(slug: str) -> UUID | None:
    cached = _slugs.get(slug)
    if cached and cached[0] > time.monotonic():
        return cached[1]
    found = find("slug", slug)
    if found is None:
        return None
    if len(_slugs) >= _SLUG_CACHE:
        _slugs.clear()
    _slugs[slug] = (time.monotonic() + _SLUG_SECONDS, found.workspace_id)
    return found.workspace_id


_UNDER_WORKSPACE = re.compile(r"/w/([\w-]+)/")
_AWAY = "What is kept here can't be reached at the moment. Try again in a minute."
#: Whether a connection broke before its last word or after it, nobody can tell.
_PERHAPS = "First look whether it was saved."
_STALE = "Someone else changed this a moment ago. Reload to see it, then try again."


def _conflict(error: Conflict) -> Response:
    db.session.rollback()
    name = error.details.get("template", "errors/_conflict.html")
    values = {key: value for key, value in error.details.items() if key != "template"}
    if wants_fragment():
        return make_response(fragment(name, message=error.message, **values), 409)
    return problem_page("errors/conflict.html", 409, message=error.message)


def _busy() -> Response:
    """No connection became free in time: the same request will do in a moment."""
    db.session.rollback()
    log.warning("database_too_busy")
    return _later(problem(503), 5)


def _operational(error: OperationalError) -> Response:
    """Two that waited for each other, of whom one was turned away, or a server that is away: later the same will do."""
    if isinstance(error.orig, (DeadlockDetected, LockNotAvailable)):
        return _busy()
    if not is_away(error):
        return _unforeseen(error)
    db.session.rollback()
    log.error("database_away", **facts_of(error))
    return _later(problem(503, _AWAY if request.method in ("GET", "HEAD") else f"{_AWAY} {_PERHAPS}"), 15)


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if request.url_rule is None:
        _enter_by_address()
    response = problem(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _unfit(error: DataError) -> Response:
    """Something sent can't be a value of the database at all: a text with NUL in it, a number beyond its type."""
    log.warning("request_unfit", exc_info=error)
    return problem(400)


def _unforeseen(error: Exception) -> Response:
    db.session.rollback()  # what broke before the view began is still open, and the error's page reads the session
    log.error("request_failed", **facts_of(error), exc_info=error)
    return problem(500)
