"""One act on many leads, kept lead by lead, so that it can go on after a crash and be undone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

KINDS = (
    "assign", "move", "tag", "untag", "priority", "archive", "bin", "restore", "enrol", "pause_chase", "resume_chase",
    "stop_chase", "message", "delete", "merge_tags",
)  # fmt: skip
STATES = ("ready", "running", "done", "undoing", "undone")


class BulkAct(WorkspaceModel):
    """What is done to many leads at once, by whom, and how far it has got."""

    __tablename__ = "bulk_acts"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_bulk_acts_user_id", "workspace_id", "user_id", "created_at"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict] = mapped_column(JSONB, default=dict)
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(Text, default="ready")
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)
    undo_until: Mapped[datetime | None] = moment(nullable=True)


class BulkActLead(db.Model):
    """One lead of a bulk act: what it was before, and how it went. No outcome yet means still to do."""

    __tablename__ = "bulk_act_leads"
    __table_args__ = (
        belongs_to("bulk_act_id", "bulk_acts", ondelete="CASCADE"),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_bulk_act_leads_position", "workspace_id", "bulk_act_id", "position"),
        db.Index("ix_bulk_act_leads_lead_id", "workspace_id", "lead_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    bulk_act_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    before: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    outcome: Mapped[str | None] = mapped_column(Text)
