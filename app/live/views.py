"""The stream that open pages listen to."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, current_app, g, stream_with_context
from flask_login import current_user

from app.accounts.queries import session_is_valid
from app.core.live import stream
from app.core.permissions import permit
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db, limiter
from app.workspaces.queries import is_active_member

bp = Blueprint("live", __name__)


@bp.get("/w/<slug>/stream")
@permit("leads:read")
@limiter.exempt
def events(slug: str) -> Response:
    """Server-sent events of the workspace: topics only. The member's right to listen is checked again and again."""
    allowed = _still_allowed(g.workspace.id, g.viewer.user_id, current_user.session_id)
    db.session.remove()  # a stream lives for hours; it must not hold a connection meanwhile
    return Response(
        stream_with_context(stream(g.workspace.id, g.viewer.user_id, allowed)),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _still_allowed(workspace_id: UUID, user_id: UUID, session_id: UUID) -> Iterator[bool]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    while True:
        with app.app_context(), acting_in(workspace_id, user_id=user_id), transaction():
            allowed = session_is_valid(session_id) and is_active_member(workspace_id, user_id)
        yield allowed
