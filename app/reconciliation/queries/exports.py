"""The exports that were brought in, as the page tells of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import defer

from app.accounts.models import User
from app.core.outbox import OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import RUN, SqueegeeExport

#: How many of them the page lists.
LISTED = 6
#: States in which a worker has something to do.
GOING_ON = ("reading", "comparing")


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export: how it stands, how far it has got, what came of it."""

    id: UUID
    state: str
    total: int
    done: int
    figures: dict[str, Any]
    error: str | None
    by: str
    created_at: datetime
    finished_at: datetime | None
    is_worked_on: bool

    noun = "export"

    @property
    def is_going_on(self) -> bool:
        """Whether a worker is busy with it."""
        return self.state in GOING_ON and self.is_worked_on

    @property
    def has_stopped(self) -> bool:
        """Whether it was left half-way by work that has failed for good."""
        return self.state in GOING_ON and not self.is_worked_on

    @property
    def was_replaced(self) -> bool:
        """Whether another was brought in before this one had been read or compared to its end."""
        return self.state == "failed" and self.error is None

    @property
    def was_compared(self) -> bool:
        """Whether it has been compared once, whatever goes on with it now."""
        return self.finished_at is not None and self.state != "failed"


def newest_export() -> SqueegeeExport | None:
    """The export that was compared last."""
    return db.session.scalars(
        select(SqueegeeExport)
        .where(
            SqueegeeExport.workspace_id == current_workspace_id(), SqueegeeExport.state.in_(("comparing", "done"))
        )
        .order_by(SqueegeeExport.created_at.desc(), SqueegeeExport.id.desc())
        .options(defer(SqueegeeExport.file_sealed))
        .limit(1)
    ).first()  # fmt: skip


def is_worked_on(export_id: Any) -> Any:
    """For a statement: whether work that goes on with an export is under way or waits."""
    return exists().where(
        OutboxItem.workspace_id == current_workspace_id(), OutboxItem.subject_id == export_id,
        OutboxItem.kind == RUN, OutboxItem.state.in_(("ready", "leased")),
    )  # fmt: skip


def latest_exports() -> list[ExportView]:
    """The latest exports, newest first, with who brought them."""
    table = SqueegeeExport
    rows = db.session.execute(
        select(
            table.id, table.state, table.total, table.done, table.figures, table.error, User.name, table.created_at,
            table.finished_at, is_worked_on(table.id),
        )
        .outerjoin(User, User.id == table.created_by)
        .where(table.workspace_id == current_workspace_id())
        .order_by(table.created_at.desc(), table.id.desc())
        .limit(LISTED)
    )  # fmt: skip
    return [ExportView(*row[:6], row[6] or "Sill", *row[7:]) for row in rows]
