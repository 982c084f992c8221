"""Work of the outbox that was tried to the end: what the outbox page shows above the messages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.errors import NotFound
from app.core.models import fixed
from app.core.outbox import OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.words import work_words

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class DeadWork:
    """Work that was tried to the end and waits for a person."""

    id: UUID
    title: str
    attempts: int
    error: str | None
    created_at: datetime

    noun = "work"


def dead_work(limit: int = _SHOWN) -> list[DeadWork]:
    """Work that nobody will try again by itself, newest first."""
    found = db.session.scalars(
        select(OutboxItem)
        .where(OutboxItem.workspace_id == current_workspace_id(), OutboxItem.state == fixed("dead"))
        .order_by(OutboxItem.created_at.desc())
        .limit(limit)
    )
    return [DeadWork(item.id, work_words(item.kind), item.attempts, item.last_error, item.created_at) for item in found]


def get_dead_work(item_id: UUID) -> OutboxItem:
    """A piece of dead work, locked until the commit. Raises NotFound, also when it is not dead any more."""
    item = db.session.scalars(
        select(OutboxItem)
        .where(OutboxItem.workspace_id == current_workspace_id(), OutboxItem.id == item_id, OutboxItem.state == "dead")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if item is None:
        raise NotFound
    return item
