"""Quotes: what is offered, at which rhythm and price, and what became of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.appointments import models as appointments  # noqa: F401 - slot_offers points to its table
from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.core.money import annual_minor
from app.extensions import db
from app.leads.models import FREQUENCIES
from app.price_book.models import PriceBook

STATES = ("draft", "sent", "accepted", "declined", "expired", "replaced")
DISCOUNTS = ("amount", "percent")
#: How value added tax stands in the prices: none, within what is written, or put on top of it.
VAT_MODES = ("none", "included", "added")
SLOT_STATES = ("offered", "taken", "withdrawn")


class Quote(WorkspaceModel):
    """One version of an offer to a lead. A sent quote is never edited: a new version replaces it."""

    __tablename__ = "quotes"
    __table_args__ = (
        one_of("state", STATES),
        one_of("discount_kind", DISCOUNTS),
        one_of("vat_mode", VAT_MODES),
        db.CheckConstraint("discount_value > 0", name="discount_value"),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("price_book_id", "price_books"),
        db.Index("ix_quotes_price_book_id", "workspace_id", "price_book_id"),
        db.Index("ix_quotes_answered_at", "workspace_id", "state", "answered_at"),
        db.UniqueConstraint("workspace_id", "lead_id", "version_no"),
    )

    lead_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(Text)
    version_no: Mapped[int] = mapped_column(SmallInteger, default=1)
    state: Mapped[str] = mapped_column(Text, default="draft")
    valid_until: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(Text, default="GBP")
    #: The version of the price book that the prices were taken from, none for a quote written by hand.
    price_book_id: Mapped[UUID | None]
    #: Off every visit: minor units for "amount", hundredths of a percent for "percent".
    discount_kind: Mapped[str | None] = mapped_column(Text)
    discount_value: Mapped[int | None] = mapped_column(BigInteger)
    discount_words: Mapped[str] = mapped_column(Text, default="")
    vat_mode: Mapped[str] = mapped_column(Text, default="none")
    vat_basis_points: Mapped[int] = mapped_column(Integer, default=0)
    terms_version_no: Mapped[int | None] = mapped_column(Integer)
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
    revoked_at: Mapped[datetime | None] = moment(nullable=True)
    reminded_at: Mapped[datetime | None] = moment(nullable=True)
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
    price_book: Mapped[PriceBook | None] = relationship(lazy="raise", viewonly=True)
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
        db.CheckConstraint("first_minor > 0", name="first_minor"),
        belongs_to("quote_id", "quotes", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "quote_id", "frequency"),
    )

    quote_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    frequency: Mapped[str] = mapped_column(Text)
    #: What the customer pays a visit, discount taken off, as shown everywhere.
    price_minor: Mapped[int] = mapped_column(BigInteger)
    #: What the first visit costs, as it takes longer; None where every visit costs the same.
    first_minor: Mapped[int | None] = mapped_column(BigInteger)
    #: Both as written, before discount and added tax; None where that changes nothing.
    written_minor: Mapped[int | None] = mapped_column(BigInteger)
    first_written_minor: Mapped[int | None] = mapped_column(BigInteger)
    #: How the price came about, in lines of {"words", "minor"}; empty when it was written by hand.
    workings: Mapped[list[dict]] = mapped_column(JSONB, default=list)

    @property
    def weeks(self) -> int | None:
        """Weeks between visits, None for a single one."""
        return FREQUENCIES[self.frequency]

    @property
    def annual_minor(self) -> int:
        """What a year of it costs."""
        return annual_minor(self.price_minor, self.weeks)


class QuoteLine(WorkspaceModel):
    """What the price covers, or an extra charged once. `amount_minor` is None for something included.

    `amount_minor` is what is paid in all; `each_minor` is one of the `quantity` as written, before added tax.
    """

    __tablename__ = "quote_lines"
    __table_args__ = (
        db.CheckConstraint("amount_minor >= 0", name="amount"),
        db.CheckConstraint("quantity between 1 and 999", name="quantity"),
        belongs_to("quote_id", "quotes", ondelete="CASCADE"),
        db.Index("ix_quote_lines_quote_id", "workspace_id", "quote_id", "position"),
    )

    quote_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    description: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(SmallInteger, default=1)
    each_minor: Mapped[int | None] = mapped_column(BigInteger)


class SlotOffer(WorkspaceModel):
    """A time at which somebody could come, offered to the customer of a lead on their own page."""

    __tablename__ = "slot_offers"
    __table_args__ = (
        one_of("state", SLOT_STATES),
        db.CheckConstraint("ends_at >= starts_at", name="ends_at"),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("user_id", "memberships", parent="user_id"),
        belongs_to("appointment_id", "appointments", ondelete="SET NULL (appointment_id)"),
        db.Index("ix_slot_offers_lead_id", "workspace_id", "lead_id", "starts_at"),
        db.Index("ix_slot_offers_user_id", "workspace_id", "user_id", "starts_at"),
        db.Index("ix_slot_offers_starts_at", "workspace_id", "starts_at"),
        db.Index("ix_slot_offers_appointment_id", "workspace_id", "appointment_id"),
    )

    lead_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    appointment_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = moment()
    ends_at: Mapped[datetime] = moment()
    state: Mapped[str] = mapped_column(Text, default="offered")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
