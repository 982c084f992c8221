"""What members are told in the bell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

KINDS = (
    "mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned", "quote_answered", "quote_question",
    "quote_expiring", "quote_expired", "slot_taken", "details_changed",
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
