"""What members are told in the bell."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

KINDS = (
    "mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned", "quote_answered", "quote_question",
    "quote_expiring", "quote_expired", "slot_taken", "details_changed", "reply", "reply_unclear", "arrival_waiting",
    "overdue", "untouched", "ready_to_hand_over", "bounced", "provider_failed", "missed_call", "transfer_stopped",
    "squeegee_silent", "booking_differs", "discrepancies", "import_done", "export_done",
)  # fmt: skip


class Notification(WorkspaceModel):
    """One thing a member should know. `data` holds plain facts, never customer data."""

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("kind", KINDS),
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_notifications_newest", "workspace_id", "user_id", "created_at", "id"),
        db.Index("ix_notifications_unread", "workspace_id", "user_id", postgresql_where=text("read_at is null")),
        db.Index("ix_notifications_lead_id", "workspace_id", "lead_id"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    lead_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    data: Mapped[dict] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = created_moment()
    read_at: Mapped[datetime | None] = moment(nullable=True)


class Alert(WorkspaceModel):
    """That members were told of something on a day: a second scheduler, or a second look, tells nobody again."""

    __tablename__ = "alerts"
    __table_args__ = (
        db.UniqueConstraint("workspace_id", "rule", "subject_id", "day", "level"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    rule: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    day: Mapped[date] = mapped_column(Date)
    #: 0 for who looks after it, 1 for the managers.
    level: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = created_moment()
