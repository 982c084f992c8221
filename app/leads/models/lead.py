"""Leads: where they came from, what is wanted, what it is worth, and how they are found."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Integer, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.contacts.models import Contact, Property
from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.core.money import annual_minor, monthly_minor
from app.extensions import db
from app.leads.models.next_act import act_name

#: Where a lead lies: on the desk where people work, put away, or waiting to be deleted.
SHELVES = ("desk", "archive", "bin")
#: When a customer had rather be reached.
TIMES_OF_DAY = ("any", "morning", "afternoon", "evening")
PRIORITIES = ("low", "normal", "high", "urgent")
SERVICES = ("window_cleaning", "gutter_clearing", "fascia_soffit", "conservatory", "solar_panels", "other")
#: Weeks between visits; None is a single visit.
FREQUENCIES: dict[str, int | None] = {"4_weekly": 4, "6_weekly": 6, "8_weekly": 8, "12_weekly": 12, "one_off": None}
EXTRAS = ("inside", "conservatory", "conservatory_roof", "extension", "gutters", "fascia", "solar", "velux")
SOURCE_CATEGORIES = ("digital", "referral", "repeat", "traditional")

_ON_DESK = text("shelf = 'desk'")
_OFF_DESK = text("shelf <> 'desk'")
_ACT_ON_DESK = text("shelf = 'desk' and next_act_at is not null")


class LeadSource(WorkspaceModel):
    """Where enquiries come from."""

    __tablename__ = "lead_sources"
    __table_args__ = (
        one_of("category", SOURCE_CATEGORIES),
        db.UniqueConstraint("workspace_id", "key"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class LeadNumberCounter(db.Model):
    """The last lead number given out in a year; its row lock makes numbers gapless and unique."""

    __tablename__ = "lead_number_counters"
    __table_args__ = (db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)


class Lead(WorkspaceModel):
    """One enquiry by one contact for work at one property."""

    __tablename__ = "leads"
    __table_args__ = (
        one_of("priority", PRIORITIES),
        one_of("shelf", SHELVES),
        db.CheckConstraint("quality_score between 1 and 10", name="quality_score"),
        db.CheckConstraint("satisfaction_score between 1 and 5", name="satisfaction_score"),
        db.CheckConstraint("conversion_percent between 0 and 100", name="conversion_percent"),
        db.UniqueConstraint("workspace_id", "number"),
        belongs_to("stage_id", "stages"),
        belongs_to("contact_id", "contacts"),
        belongs_to("property_id", "properties"),
        belongs_to("source_id", "lead_sources"),
        belongs_to("owner_id", "memberships", parent="user_id"),
        db.Index("ix_leads_board", "workspace_id", "stage_id", "rank", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_stage_newest", "workspace_id", "stage_id", "created_at", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_stage_value", "workspace_id", "stage_id", "annual_minor", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_newest", "workspace_id", "created_at", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_value", "workspace_id", "annual_minor", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_owner", "workspace_id", "owner_id", "created_at", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_district", "workspace_id", "district", "created_at", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_contact", "workspace_id", "contact_id"),
        db.Index("ix_leads_property", "workspace_id", "property_id"),
        db.Index(
            "ix_leads_squeegee_customer_id", "workspace_id", "squeegee_customer_id",
            postgresql_where=text("squeegee_customer_id is not null"),
        ),
        db.Index("ix_leads_next_act", "workspace_id", "stage_id", "next_act_at", "id", postgresql_where=_ACT_ON_DESK),
        db.Index("ix_leads_next", "workspace_id", "next_act_at", "id", postgresql_where=_ACT_ON_DESK),
        db.Index("ix_leads_owner_next", "workspace_id", "owner_id", "next_act_at", "id", postgresql_where=_ACT_ON_DESK),
        db.Index("ix_leads_activity", "workspace_id", "last_activity_at", "id", postgresql_where=_ON_DESK),
        db.Index("ix_leads_shelf", "workspace_id", "shelf", "shelved_at", "id", postgresql_where=_OFF_DESK),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(Text)
    contact_id: Mapped[UUID]
    property_id: Mapped[UUID]
    stage_id: Mapped[UUID]
    stage_entered_at: Mapped[datetime] = created_moment()
    rank: Mapped[int] = mapped_column(BigInteger)
    owner_id: Mapped[UUID | None]
    priority: Mapped[str] = mapped_column(Text, default="normal")
    shelf: Mapped[str] = mapped_column(Text, default="desk")
    shelved_at: Mapped[datetime | None] = moment(nullable=True)
    shelved_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    # Where it came from
    source_id: Mapped[UUID]
    source_details: Mapped[dict] = mapped_column(JSONB, default=dict)
    referrer: Mapped[str | None] = mapped_column(Text)
    landing_page: Mapped[str | None] = mapped_column(Text)
    utm_source: Mapped[str | None] = mapped_column(Text)
    utm_medium: Mapped[str | None] = mapped_column(Text)
    utm_campaign: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)
    form_seconds: Mapped[int | None] = mapped_column(Integer)

    # What is wanted
    district: Mapped[str | None] = mapped_column(Text)
    sector: Mapped[str | None] = mapped_column(Text)
    property_type: Mapped[str | None] = mapped_column(Text)
    bedrooms: Mapped[str | None] = mapped_column(Text)
    service: Mapped[str] = mapped_column(Text, default="window_cleaning")
    frequency: Mapped[str | None] = mapped_column(Text)
    extras: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    wishes_sealed: Mapped[bytes | None] = sealed_column()
    #: The workspace's own questions and what was answered, as JSON [[question, answer], ...].
    answers_sealed: Mapped[bytes | None] = sealed_column()
    preferred_time: Mapped[str | None] = mapped_column(Text)

    # What it is worth
    currency: Mapped[str] = mapped_column(Text, default="GBP")
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    first_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    monthly_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    annual_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    quote_valid_until: Mapped[date | None] = mapped_column(Date)
    expected_close: Mapped[date | None] = mapped_column(Date)
    quality_score: Mapped[int | None] = mapped_column(SmallInteger)
    conversion_percent: Mapped[int | None] = mapped_column(SmallInteger)
    satisfaction_score: Mapped[int | None] = mapped_column(SmallInteger)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    returns_on: Mapped[date | None] = mapped_column(Date)

    # The chase
    next_act: Mapped[str | None] = mapped_column(Text)
    #: What the person who planned it calls it: `next_name` is what people see.
    next_words_sealed: Mapped[bytes | None] = sealed_column()
    next_act_at: Mapped[datetime | None] = moment(nullable=True)
    follow_up_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    first_contact_at: Mapped[datetime | None] = moment(nullable=True)
    #: Opening hours between the enquiry and the first contact, in minutes.
    first_contact_minutes: Mapped[int | None] = mapped_column(Integer)
    last_contact_at: Mapped[datetime | None] = moment(nullable=True)
    last_contact_method: Mapped[str | None] = mapped_column(Text)
    last_activity_at: Mapped[datetime] = created_moment()

    # Squeegee
    squeegee_customer_id: Mapped[str | None] = mapped_column(Text)
    squeegee_job_id: Mapped[str | None] = mapped_column(Text)
    transferred_at: Mapped[datetime | None] = moment(nullable=True)
    booking_confirmed_at: Mapped[datetime | None] = moment(nullable=True)
    first_service_date: Mapped[date | None] = mapped_column(Date)

    created_at: Mapped[datetime] = created_moment()
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime] = created_moment()

    wishes = Sealed()
    answers = Sealed()

    @property
    def next_name(self) -> str | None:
        """What the next act is called, None when nothing is planned."""
        return act_name(self.next_act, self.next_words_sealed, self.id)

    contact: Mapped[Contact] = relationship(
        viewonly=True,
        primaryjoin="and_(Lead.workspace_id == Contact.workspace_id, foreign(Lead.contact_id) == Contact.id)",
    )
    property: Mapped[Property] = relationship(
        viewonly=True,
        primaryjoin="and_(Lead.workspace_id == Property.workspace_id, foreign(Lead.property_id) == Property.id)",
    )

    __mapper_args__ = {"version_id_col": version}

    def set_price(self, price_minor: int | None, frequency: str | None) -> None:
        """Keep price and frequency with the values a month and a year that follow from them."""
        self.price_minor = price_minor
        self.frequency = frequency
        weeks = FREQUENCIES.get(frequency) if frequency else None
        self.annual_minor = annual_minor(price_minor, weeks) if price_minor is not None else 0
        self.monthly_minor = monthly_minor(price_minor, weeks) if price_minor is not None else 0


class SearchToken(db.Model):
    """One blind search token of a lead (docs/security.md says what it gives away). Read newest lead first."""

    __tablename__ = "search_tokens"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_search_tokens_lead_id", "workspace_id", "lead_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
