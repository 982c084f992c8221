"""What an error looks like: a line for htmx, a page for a browser. Neither ever holds the exception's own words.

The line stands in place of a part that could not be fetched. What was sent and refused stays where it was typed, and
the line is said beside it.
"""

import json
from typing import Any

import structlog
from flask import Response, g, make_response, render_template, request

from app.core.fragments import fragment, wants_fragment

log = structlog.get_logger(__name__)

_WORDS = {
    400: "That could not be read. Reload the page and try again.",
    401: "You are signed out. Sign in again.",
    403: "Your role does not allow this. Ask the owner of the workspace.",
    404: "This is gone, or it was never yours to see.",
    405: "That can't be done here.",
    413: "That is too large to send.",
    503: "Too many people are asking at once. Nothing was saved; try again in a few seconds.",
    429: "That was too often in a short time. Wait a few minutes, then try again.",
}
_BROKEN = "Something broke on our side and nothing was saved. Try again; if it stays, tell us the time it happened."
_PAGES = (400, 403, 404, 429, 500, 503)
#: What to do by how long, in seconds, a limit counts.
_WAITS = ((60, "Wait a minute, then try again."), (3600, "Wait up to an hour, then try again."))


def too_often(seconds: int) -> str:
    """What is told to whom a limit stopped that counts for so many seconds."""
    wait = next((words for most, words in _WAITS if seconds <= most), "You can go on tomorrow.")
    return f"That was too often in a short time. {wait}"


def problem(status: int, message: str = "") -> Response:
    """The page or the bare line for an error."""
    if g.get("viewer") is None:
        g.workspace = None
    if wants_fragment():
        words = message or _WORDS.get(status, _BROKEN)
        response = make_response(fragment("errors/_problem.html", message=words), status)
        if request.method != "GET":
            said = json.dumps({"toast": {"text": words, "kind": "bad"}})
            response.headers.update({"HX-Reswap": "none", "HX-Trigger": said})
        return response
    name = f"errors/{status if status in _PAGES else 400 if status < 500 else 500}.html"
    return problem_page(name, status, message=message, request_id=g.get("request_id"))


def problem_page(name: str, status: int, **values: Any) -> Response:
    """The page of an error: within the desk for a member of the workspace, as far as that can be drawn, else bare.

    The desk's frame asks nothing of the database, so that it stands when that is what broke.
    """
    workspace, viewer = g.get("workspace"), g.get("viewer")
    if workspace is not None and viewer is not None:
        try:
            framed = render_template(name, layout=_IN_DESK, workspace=workspace, viewer=viewer, **values)
        except Exception as error:
            log.error("problem_page_failed", error=type(error).__name__)
        else:
            return make_response(framed, status)
    return make_response(render_template(name, layout="layouts/plain.html", **values), status)


_IN_DESK = "layouts/desk_problem.html"
