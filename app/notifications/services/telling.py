"""Telling members in the bell what they should know, in the transaction of what happened."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from app.core.clock import utcnow
from app.core.fragments import topic
from app.core.live import announce
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.notifications.models import KINDS, Notification

#: What people are told even when they did it themselves, since it ends later than they asked for it.
_OF_ONES_OWN = frozenset({"bulk_done", "import_done", "export_done"})

#: What somebody does several times in a row, such as adding photos one by one, is told once within this time.
_ADDED_UP = frozenset({"file_added"})
_IN_A_ROW = timedelta(minutes=10)

#: What was read and is older than this is no news to anybody; the lead's timeline and the audit log remember it.
_KEPT = timedelta(days=180)


def notify(
    user_id: UUID,
    kind: str,
    *,
    lead: Lead | None = None,
    actor: Actor | None = None,
    data: Mapping[str, Any] | None = None,
) -> Notification | None:
    """Put a line into the bell of the member `user_id` and ring it after the commit.

    `lead` is what it is about and where its link leads; `actor` who caused it; `data` plain facts (amounts, counts,
    names of tags and stages), never customer data. Nobody is told what they did themselves, and what goes on in one
    piece is one line that counts up: then the answer is None.
    Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    actor_id = actor.user_id if actor else None
    if actor_id == user_id and kind not in _OF_ONES_OWN:
        return None
    if kind in _ADDED_UP and lead is not None and _add_up(user_id, kind, lead, actor_id, dict(data or {})):
        return None
    told = Notification(
        user_id=user_id, kind=kind, lead_id=lead.id if lead else None, actor_id=actor_id, data=dict(data or {})
    )
    db.session.add(told)
    db.session.flush()
    announce({topic("bell", user_id)})
    return told


def _add_up(user_id: UUID, kind: str, lead: Lead, actor_id: UUID | None, data: dict[str, Any]) -> bool:
    """Raise the `count` of the line that the member has not read yet, if there is one; returns whether there was."""
    with acting_in(current_workspace_id()):  # it is another's line, which only work behind the pages may see
        told = db.session.scalars(
            select(Notification)
            .where(
                Notification.workspace_id == current_workspace_id(),
                Notification.user_id == user_id,
                Notification.created_at > utcnow() - _IN_A_ROW,
                Notification.kind == kind,
                Notification.lead_id == lead.id,
                Notification.actor_id == actor_id,
                Notification.read_at.is_(None),
            )
            .order_by(Notification.created_at.desc())
            .limit(1)
            .with_for_update()
        ).first()
        if told is None:
            return False
        kinds = {told.data.get("kind"), data.get("kind")}
        count = int(told.data.get("count", 1)) + int(data.get("count", 1))
        told.data = {**told.data, "count": count, "kind": kinds.pop() if len(kinds) == 1 else None}
        told.created_at = utcnow()
        db.session.flush()
    announce({topic("bell", user_id)})
    return True


def mark_read(user_id: UUID, notification_id: UUID | None = None) -> int:
    """Mark one of the member's unread notifications as read, or all of them; the number that was marked.

    Whoever clears the bell forgets along with it what they read half a year ago.
    """
    query = update(Notification).where(
        Notification.workspace_id == current_workspace_id(),
        Notification.user_id == user_id,
        Notification.read_at.is_(None),
    )
    if notification_id is not None:
        query = query.where(Notification.id == notification_id)
    else:
        _forget_old(user_id)
    marked = db.session.execute(query.values(read_at=utcnow()).execution_options(synchronize_session=False)).rowcount
    if marked:
        announce({topic("bell", user_id)})
    return int(marked)


def _forget_old(user_id: UUID) -> None:
    db.session.execute(
        delete(Notification)
        .where(
            Notification.workspace_id == current_workspace_id(),
            Notification.user_id == user_id,
            Notification.created_at < utcnow() - _KEPT,
            Notification.read_at.is_not(None),
        )
        .execution_options(synchronize_session=False)
    )


def mark_unread(user_id: UUID, notification_id: UUID) -> int:
    """Put one of the member's notifications back among the unread; the number that was put back."""
    query = update(Notification).where(
        Notification.workspace_id == current_workspace_id(),
        Notification.user_id == user_id,
        Notification.id == notification_id,
        Notification.read_at.is_not(None),
    )
    marked = db.session.execute(query.values(read_at=None).execution_options(synchronize_session=False)).rowcount
    if marked:
        announce({topic("bell", user_id)})
    return int(marked)
