"""The end of an export's file: at the wish of a person, or when its time is over."""

from uuid import UUID

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.exports.services.ending import FORGET
from app.exports.services.writing import load_export
from app.extensions import db


def remove(export_id: UUID, actor: Actor) -> None:
    """Stop an export that is being made, or delete its file. Nobody sees it from here on; a worker deletes its bytes.

    Raises NotFound, also for one that was removed already.
    """
    made = load_export(export_id, lock=True)
    if made.state == "removed" or (made.expires_at and made.expires_at <= utcnow()):
        raise NotFound
    data = {"was": made.state, "format": made.format}
    made.state, made.lead_ids = "removed", None
    outbox.cancel(FORGET, [made.id])
    outbox.enqueue(FORGET, made.id, dedupe_key=f"{made.id}/removed")
    publish(
        Event(
            "export.removed", made.workspace_id, actor, "export", made.id, data=data,
            topics=frozenset({topic("export", made.id), "exports"}),
        )
    )  # fmt: skip
    db.session.flush()


def forget(export_id: UUID) -> list[UUID]:
    """Delete the row of an export that was removed or whose time is over. Returns its pieces, to be deleted after the
    commit; none for an export that stays. Raises NotFound.
    """
    made = load_export(export_id, lock=True)
    if made.state != "removed" and not (made.expires_at and made.expires_at <= utcnow()):
        return []
    pieces = list(made.pieces)
    db.session.delete(made)
    db.session.flush()
    return pieces
