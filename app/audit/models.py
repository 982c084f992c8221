"""The audit log: who did what to what, when and from where. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, created_moment, sealed_column
from app.core.sealed_columns import Binding
from app.extensions import db


class AuditEntry(WorkspaceModel):
    """One act. `before` and `after` are JSON text, sealed, since they may hold customer data."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        db.Index("ix_audit_entries_newest", "workspace_id", "at", "id"),
        db.Index("ix_audit_entries_subject", "workspace_id", "subject_id", "at"),
    )

    at: Mapped[datetime] = created_moment()
    action: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    before_sealed: Mapped[bytes | None] = sealed_column(binding=Binding(stays=True))
    after_sealed: Mapped[bytes | None] = sealed_column(binding=Binding(stays=True))

    before = Sealed()
    after = Sealed()
