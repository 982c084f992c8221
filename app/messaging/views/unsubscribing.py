"""The way out of our mails. Reading it changes nothing, since scanners read every link; one POST does (RFC 8058).

The link is the whole authority: no cookie, no sign-in, no token of a form, since the mail program posts by itself.
"""

from flask import Response, abort

from app.core import tenancy, web
from app.core.errors import NotFound
from app.core.fragments import page
from app.core.tenancy import Scope
from app.extensions import csrf, limiter
from app.messaging.services import read_way_out, unsubscribe
from app.messaging.services.unsubscribing import WayOut, purpose_of
from app.messaging.views import bp
from app.workspaces.layout import firm_page, private


@bp.get("/u/<token>")
@limiter.limit("120 per minute")
def way_out(token: str) -> Response:
    """Ask once: whoever opens the link by hand presses the button."""
    found = _enter(token)
    try:
        purpose = purpose_of(found.message_id)
    except NotFound:
        return _page("gone")
    return _page("ask", purpose)


@bp.post("/u/<token>")
@csrf.exempt
@limiter.limit("60 per minute")
def leave(token: str) -> Response:
    """Stop them at once. The mail program reads the status alone: 200, also the second time."""
    found = _enter(token)
    try:
        purpose = unsubscribe(found.message_id, web.actor())
    except NotFound:
        return _page("gone")
    return _page("done", purpose)


def _enter(token: str) -> WayOut:
    found = read_way_out(token)
    if found is None:
        abort(404)
    tenancy.enter(Scope(found.workspace_id, None, "all"))
    return found


def _page(state: str, purpose: str = "service") -> Response:
    return private(page("messaging/way_out.html", **firm_page(), state=state, purpose=purpose))
