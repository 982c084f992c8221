"""The table of work, and putting work into it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, SmallInteger, Text, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import bell
from app.core.clock import utcnow
from app.core.models import WorkspaceModel, created_moment, moment, one_of
from app.core.tenancy import current_workspace_id
from app.core.transactions import after_commit, gather_after_commit
from app.extensions import db

STATES = ("ready", "leased", "done", "dead", "cancelled")
#: What work there is: the keys of app/reactions.py. Filled by `running.wire`.
kinds: set[str] = set()


class OutboxItem(WorkspaceModel):
    """One piece of work: what (`kind`, `subject_id`), from when, and how far it got."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", STATES),
        db.UniqueConstraint("workspace_id", "kind", "dedupe_key"),
        db.Index("ix_outbox_due", "workspace_id", "run_at", postgresql_where=text("state in ('ready', 'leased')")),
        db.Index("ix_outbox_leased", "lease_until", postgresql_where=text("state = 'leased'")),
        db.Index("ix_outbox_subject", "workspace_id", "subject_id"),
        db.Index("ix_outbox_dead", "workspace_id", "created_at", postgresql_where=text("state = 'dead'")),
    )

    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    dedupe_key: Mapped[str] = mapped_column(Text)
    run_at: Mapped[datetime] = moment()
    state: Mapped[str] = mapped_column(Text, default="ready")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    lease_token: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_until: Mapped[datetime | None] = moment(nullable=True)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)


def enqueue(
    kind: str, subject_id: UUID, *, dedupe_key: str | None = None, run_at: datetime | None = None
) -> OutboxItem:
    """Put work into the current transaction; due work is rung after the commit.

    `dedupe_key` (default: the subject's id) makes the same work impossible twice: a second one raises
    IntegrityError at the flush. Returns the row.
    """
    if kind not in kinds:
        raise KeyError(kind)
    now = utcnow()
    item = OutboxItem(
        kind=kind, subject_id=subject_id, dedupe_key=dedupe_key or str(subject_id), run_at=run_at or now
    )
    db.session.add(item)
    if item.run_at <= now:
        _ring_after_commit(item)
    return item


def cancel(kind: str, subject_ids: list[UUID]) -> None:
    """Call off work that nobody has claimed yet."""
    if subject_ids:
        db.session.execute(
            update(OutboxItem)
            .where(
                OutboxItem.workspace_id == current_workspace_id(),
                OutboxItem.kind == kind,
                OutboxItem.subject_id.in_(subject_ids),
                OutboxItem.state == "ready",
            )
            .values(state="cancelled", finished_at=utcnow())
            .execution_options(synchronize_session=False)
        )


def replay(item: OutboxItem) -> None:
    """Give dead work another full set of attempts, now."""
    item.state, item.attempts, item.run_at, item.finished_at = "ready", 0, utcnow(), None
    _ring_after_commit(item)


def move(items: Select[Any], run_at: datetime) -> list[UUID]:
    """Let work of the workspace in scope come due at another time. Returns which was moved, by id.

    What somebody has a hold on at this moment is left alone: they are at it, and may wait for a lock of the caller's.
    """
    return list(
        db.session.scalars(
            update(OutboxItem)
            .where(
                OutboxItem.workspace_id == current_workspace_id(),
                OutboxItem.id.in_(items.with_for_update(of=OutboxItem, skip_locked=True)),
            )
            .values(run_at=run_at)
            .returning(OutboxItem.id)
            .execution_options(synchronize_session=False)
        )
    )


def wake(items: Select[Any]) -> None:
    """Let work that waits for something come due now, since that has happened."""
    here, found = current_workspace_id(), move(items, utcnow())
    if found:
        after_commit(lambda: bell.ring([(here, item_id) for item_id in found]))


def _ring_after_commit(item: OutboxItem) -> None:
    workspace_id = item.workspace_id

    def ring(item_ids: Iterable[str]) -> None:
        # Ids are in the order in which they were made (core/ids.py).
        bell.ring([(workspace_id, UUID(item_id)) for item_id in sorted(item_ids)])

    gather_after_commit(f"bell:{workspace_id}", [str(item.id)], ring)
