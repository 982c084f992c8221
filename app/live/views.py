"""The stream that open pages listen to."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, current_app, g, request, stream_with_context
from flask_login import current_user

from app.accounts.queries import session_is_valid
from app.audit.queries import others_did_something
from app.core.live import Known, stream
from app.core.permissions import permit
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db, limiter
from app.workspaces.queries import is_active_member

bp = Blueprint("live", __name__)

#: How long a change may take from being written to being seen.
_LONGEST_COMMIT = timedelta(seconds=1)
#: A page that was made longer ago has certainly missed something if anything happened at all.
_LONGEST_GAP = timedelta(days=1)


@bp.get("/w/<slug>/stream")
@permit("leads:read")
@limiter.exempt
def events(slug: str) -> Response:
    """Server-sent events of the workspace: topics only. The member's right to listen is checked again and again."""
    allowed = _still_allowed(g.workspace.id, g.viewer.user_id, current_user.session_id)
    known = _known(g.workspace.id, g.viewer.user_id)
    db.session.remove()  # a stream lives for hours; it must not hold a connection meanwhile
    return Response(
        stream_with_context(stream(g.workspace.id, g.viewer.user_id, allowed, known)),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _known(workspace_id: UUID, user_id: UUID) -> Known | None:
    """What the page says it knows: all until the last event it had, if it comes back, else until it was made."""
    told = request.headers.get("Last-Event-ID", request.args.get("told", type=int), type=int)
    if told is not None:
        return Known(_moment(told), None, lambda: True)
    if (since := request.args.get("since", type=int)) is not None:
        made_at = _moment(since)
        return Known(made_at, user_id, partial(_has_missed, workspace_id, user_id, made_at))
    return None


def _moment(stated: int) -> float:
    """Seconds since 1970, of what a page says in µs; within reason."""
    now = time.time_ns() // 1000
    return max(min(stated, now), now - _LONGEST_GAP // timedelta(microseconds=1)) / 1_000_000


def _has_missed(workspace_id: UUID, user_id: UUID, made_at: float) -> bool:
    """Whether a colleague's change fell between the making of the page and its listening."""
    with acting_in(workspace_id, user_id=user_id), transaction():
        missed = others_did_something(datetime.fromtimestamp(made_at, UTC) - _LONGEST_COMMIT, user_id)
    db.session.remove()
    return missed


def _still_allowed(workspace_id: UUID, user_id: UUID, session_id: UUID) -> Iterator[bool]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    while True:
        with app.app_context(), acting_in(workspace_id, user_id=user_id), transaction():
            allowed = session_is_valid(session_id) and is_active_member(workspace_id, user_id)
        yield allowed
