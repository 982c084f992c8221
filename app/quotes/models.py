"""Quotes: what is offered, at which rhythm and price, and what became of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.core.money import annual_minor
from app.extensions import db
from app.leads.models import FREQUENCIES

STATES = ("draft", "sent", "accepted", "declined", "expired", "replaced")


class Quote(WorkspaceModel):
    """One version of an offer to a lead. A sent quote is never edited: a new version replaces it."""

    __tablename__ = "quotes"
    __table_args__ = (
        one_of("state", STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "lead_id", "version_no"),
    )

    lead_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(Text)
    version_no: Mapped[int] = mapped_column(SmallInteger, default=1)
    state: Mapped[str] = mapped_column(Text, default="draft")
    valid_until: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(Text, default="GBP")
    first_clean_minor: Mapped[int | None] = mapped_column(BigInteger)
    note_sealed: Mapped[bytes | None] = sealed_column()
    terms: Mapped[str] = mapped_column(Text, default="")
    link_secret_sealed: Mapped[bytes | None] = sealed_column()
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    sent_at: Mapped[datetime | None] = moment(nullable=True)
    sent_by: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = moment(nullable=True)
    open_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    answered_at: Mapped[datetime | None] = moment(nullable=True)
    accepted_option_id: Mapped[UUID | None]
    accepted_name_sealed: Mapped[bytes | None] = sealed_column()
    starts_before_cancellation_ends: Mapped[bool] = mapped_column(Boolean, default=False)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    decline_words_sealed: Mapped[bytes | None] = sealed_column()
    version: Mapped[int] = mapped_column(default=1)

    note = Sealed()
    link_secret = Sealed()
    accepted_name = Sealed()
    decline_words = Sealed()

    options: Mapped[list["QuoteOption"]] = relationship(
        order_by="QuoteOption.position", lazy="selectin", cascade="all, delete-orphan"
    )
    lines: Mapped[list["QuoteLine"]] = relationship(
        order_by="QuoteLine.position", lazy="selectin", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class QuoteOption(WorkspaceModel):
    """One rung of the offer: a rhythm and its price for each visit."""

    __tablename__ = "quote_options"
    __table_args__ = (
        one_of("frequency", tuple(FREQUENCIES)),
        db.CheckConstraint("price_minor > 0", name="price"),
        belongs_to("quote_id", "quotes", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "quote_id", "frequency"),
    )

    quote_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    frequency: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[int] = mapped_column(BigInteger)

    @property
    def weeks(self) -> int | None:
        """Weeks between visits, None for a single one."""
        return FREQUENCIES[self.frequency]

    @property
    def annual_minor(self) -> int:
        """What a year of it costs."""
        return annual_minor(self.price_minor, self.weeks)


class QuoteLine(WorkspaceModel):
    """What the price covers, or an extra charged once. `amount_minor` is None for something included."""

    __tablename__ = "quote_lines"
    __table_args__ = (
        db.CheckConstraint("amount_minor >= 0", name="amount"),
        belongs_to("quote_id", "quotes", ondelete="CASCADE"),
    )

    quote_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    description: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
