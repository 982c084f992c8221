"""Visits to a lead's property. A crew member sees the leads they have an appointment with, and no others."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

STATUSES = ("scheduled", "set", "verified", "confirmed", "completed", "cancelled")
OUTCOMES = ("showed", "no_show", "rescheduled", "cancelled", "sold")


class Appointment(WorkspaceModel):
    """Someone goes somewhere at a time."""

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("outcome", OUTCOMES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("user_id", "memberships", parent="user_id"),
        db.Index("ix_appointments_lead_id", "workspace_id", "lead_id"),
        db.Index("ix_appointments_user_id", "workspace_id", "user_id", "starts_at"),
        db.Index("ix_appointments_starts_at", "workspace_id", "starts_at"),
    )

    lead_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = moment()
    ends_at: Mapped[datetime] = moment()
    status: Mapped[str] = mapped_column(Text, default="scheduled")
    outcome: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
