"""The timeline: what was done with a lead, in one table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, one_of, sealed_column
from app.extensions import db

KINDS = (
    "lead_created", "stage_changed", "fact_changed", "note", "call", "email", "sms", "quote", "transfer",
    "appointment", "follow_up", "enquiry", "file",
)  # fmt: skip
NOTE_TYPES = ("general", "internal", "customer_request")
CALL_OUTCOMES = ("spoke", "no_answer", "busy", "voicemail", "wrong_number", "rescheduled", "declined")


class Activity(WorkspaceModel):
    """One line of a lead's timeline. `data` holds plain facts, never customer data; what people wrote is sealed."""

    __tablename__ = "activities"
    __table_args__ = (
        one_of("kind", KINDS),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_activities_timeline", "workspace_id", "lead_id", "at", "id"),
    )

    lead_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = created_moment()
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    body_sealed: Mapped[bytes | None] = sealed_column()
    data: Mapped[dict] = mapped_column(JSONB, default=dict)
    note_type: Mapped[str | None] = mapped_column(Text)
    is_customer_visible: Mapped[bool] = mapped_column(Boolean, default=False)
    outcome: Mapped[str | None] = mapped_column(Text)
    duration_seconds: Mapped[int | None] = mapped_column(Integer)
    subject_id: Mapped[UUID | None]

    body = Sealed()
