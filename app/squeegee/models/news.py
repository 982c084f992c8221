"""What Squeegee's side says about bookings and what does not agree with ours."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

NEWS_SOURCES = ("webhook", "file")
NEWS_STATES = ("applied", "same", "differs", "taken", "dismissed")


class BookingNews(WorkspaceModel):
    """One message of a booking that came by itself or in a file. News that differs waits for a person."""

    __tablename__ = "booking_news"
    __table_args__ = (
        one_of("source", NEWS_SOURCES),
        one_of("state", NEWS_STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "news_key"),
        db.Index("ix_booking_news_lead_id", "workspace_id", "lead_id", "created_at"),
        db.Index(
            "ix_booking_news_open", "workspace_id", "created_at", "id", postgresql_where=text("state = 'differs'")
        ),
    )  # fmt: skip

    lead_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(Text)
    #: The message's own id, or what makes a file's line the same when it is read again.
    news_key: Mapped[str] = mapped_column(Text)
    first_service_date: Mapped[date] = mapped_column(Date)
    #: What the lead had when the news came.
    date_before: Mapped[date | None] = mapped_column(Date)
    customer_id: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = moment(nullable=True)
    created_at: Mapped[datetime] = created_moment()
