"""Who is working on which lead right now, so that two people never ring the same customer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import belongs_to, moment
from app.extensions import db


class LeadClaim(db.Model):
    """A member has this lead before them until `until`, unless they let go of it or ask for longer."""

    __tablename__ = "lead_claims"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_lead_claims_user_id", "workspace_id", "user_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    until: Mapped[datetime] = moment()
