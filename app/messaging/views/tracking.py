"""What a mail asks for when it is opened and when a link in it is followed. No cookies, nothing about the reader kept.

These are requests of mail programs, so they must be GET; all they change is the moment noted beside the message.
"""

from base64 import b64decode

from flask import Response, abort, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.core import tenancy
from app.core.tenancy import Scope
from app.extensions import limiter
from app.messaging.services.tracking import Trace, note_trace, read_trace, target_of
from app.messaging.views import bp
from app.workspaces.layout import private

#: One transparent pixel (GIF89a).
_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@bp.get("/o/<token>.gif")
@limiter.limit("240 per minute")
def opened(token: str) -> Response:
    """The picture in a mail. The same pixel for every mark, also for one that is not ours."""
    trace = read_trace(token)
    if trace is not None and trace.link is None:
        _note(trace)
    response = private(make_response(_PIXEL))
    response.mimetype = "image/gif"
    return response


@bp.get("/t/<token>")
@limiter.limit("120 per minute")
def followed(token: str) -> AnyResponse:
    """A link in a mail. It leads to a page of ours that stands in that mail, or nowhere."""
    trace = read_trace(token)
    if trace is None:
        abort(404)
    tenancy.enter(Scope(trace.workspace_id, None, "all"))
    target = target_of(trace)
    if target is None:
        abort(404)
    _note(trace)
    response = redirect(target, 303)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _note(trace: Trace) -> None:
    tenancy.enter(Scope(trace.workspace_id, None, "all"))
    if request.method == "GET":  # HEAD is nobody's eye
        note_trace(trace, request.headers)
