"""A workspace, who belongs to it and how it works."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, LargeBinary, SmallInteger, Text, Time
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import BusinessClock
from app.core.ids import new_id
from app.core.models import Sealed, WorkspaceModel, created_moment, moment, one_of, sealed_column
from app.core.names import initials
from app.core.permissions import ROLES
from app.extensions import db
from app.rounds.models import ClosedDays

ASSIGNMENT_MODES = ("off", "round_robin", "area", "load")


class Workspace(db.Model):
    """One business. Its id is the wall."""

    __tablename__ = "workspaces"
    __table_args__ = (
        one_of("lead_number_year", ("YYYY", "YY")),
        one_of("assignment_mode", ASSIGNMENT_MODES),
        db.CheckConstraint("bin_days between 1 and 365", name="bin_days"),
        db.CheckConstraint("quote_reminder_days between 0 and 60", name="quote_reminder_days"),
        db.CheckConstraint("price_review_month between 1 and 12", name="price_review_month"),
        db.CheckConstraint("sms_closes > sms_opens", name="sms_closes"),
        db.CheckConstraint("message_gap_hours between 0 and 720", name="message_gap_hours"),
        db.CheckConstraint("sms_part_price between 0 and 100000", name="sms_part_price"),
        db.CheckConstraint("untouched_days between 0 and 365", name="untouched_days"),
        db.CheckConstraint("escalate_days between 0 and 365", name="escalate_days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    tagline: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    reply_email: Mapped[str] = mapped_column(Text, default="")
    notification_email: Mapped[str] = mapped_column(Text, default="")
    accent: Mapped[str] = mapped_column(Text, default="#00686f")
    time_zone: Mapped[str] = mapped_column(Text, default="Europe/London")
    currency: Mapped[str] = mapped_column(Text, default="GBP")
    lead_number_prefix: Mapped[str] = mapped_column(Text, default="L")
    lead_number_year: Mapped[str] = mapped_column(Text, default="YYYY")
    opens: Mapped[time] = mapped_column(Time, default=time(9))
    closes: Mapped[time] = mapped_column(Time, default=time(17))
    weekend_follow_ups: Mapped[bool] = mapped_column(Boolean, default=False)
    max_follow_ups: Mapped[int] = mapped_column(SmallInteger, default=3)
    high_value_minor: Mapped[int] = mapped_column(BigInteger, default=10_000)
    service_districts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    quote_terms: Mapped[str] = mapped_column(Text, default="")
    quote_terms_version_no: Mapped[int] = mapped_column(Integer, default=1)
    #: Days before a quote's last day on which its customer is reminded; 0 for never.
    quote_reminder_days: Mapped[int] = mapped_column(SmallInteger, default=3)
    vat_number: Mapped[str] = mapped_column(Text, default="")
    quote_valid_days: Mapped[int] = mapped_column(SmallInteger, default=30)
    assignment_mode: Mapped[str] = mapped_column(Text, default="off")
    bin_days: Mapped[int] = mapped_column(SmallInteger, default=30)
    price_review_month: Mapped[int] = mapped_column(SmallInteger, default=4)
    #: Opening hours of single weekdays, "0" for Monday to "6": ["09:00", "17:00"], or null for closed. A day that is
    #: not named keeps `opens`, `closes` and `weekend_follow_ups`.
    weekday_hours: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: Between these no text is held back as a disturbance.
    sms_opens: Mapped[time] = mapped_column(Time, default=time(9))
    sms_closes: Mapped[time] = mapped_column(Time, default=time(19))
    #: Hours that lie between two messages of sequences to one person.
    message_gap_hours: Mapped[int] = mapped_column(SmallInteger, default=24)
    #: What a text costs, in hundredths of a penny for each of its parts.
    sms_part_price: Mapped[int] = mapped_column(Integer, default=400)
    tracks_opens: Mapped[bool] = mapped_column(Boolean, default=False)
    texts_back_missed_calls: Mapped[bool] = mapped_column(Boolean, default=False)
    #: After so many days without a touch a lead is brought up; 0 for never.
    untouched_days: Mapped[int] = mapped_column(SmallInteger, default=3)
    #: After so many days late a follow-up is told to the managers too.
    escalate_days: Mapped[int] = mapped_column(SmallInteger, default=1)
    digest_at: Mapped[time] = mapped_column(Time, default=time(8))
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)
    #: Raised by a trigger whenever a table of core/catalogue.py changes.
    catalogue_version: Mapped[int] = mapped_column(BigInteger, default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def initials(self) -> str:
        """Two letters for the badge on public pages and the desk."""
        return initials(self.name)

    def clock(self) -> BusinessClock:
        """The hours in which this business sends and counts working time."""
        return working_clock(self)

    def serves(self, district: str | None) -> bool:
        """Whether a postcode district lies in the service area; an empty list means everywhere."""
        return not self.service_districts or district in self.service_districts


def working_clock(hours: Any) -> BusinessClock:
    """The clock of a workspace, from its row or whatever has the same columns of hours."""
    weekdays = {
        int(day): (time.fromisoformat(own[0]), time.fromisoformat(own[1])) if own else None
        for day, own in hours.weekday_hours.items()
    }
    return BusinessClock(
        hours.time_zone, hours.opens, hours.closes, hours.weekend_follow_ups, ClosedDays(),
        weekday_hours=weekdays, texts=(hours.sms_opens, hours.sms_closes),
    )  # fmt: skip


class Membership(WorkspaceModel):
    """A person's place in a workspace. Deactivated members keep their row, since history names them."""

    __tablename__ = "memberships"
    __table_args__ = (
        one_of("role", tuple(ROLES)),
        db.UniqueConstraint("workspace_id", "user_id"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_memberships_user_id", "user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    deactivated_at: Mapped[datetime | None] = moment(nullable=True)
    takes_leads: Mapped[bool] = mapped_column(Boolean, default=False)
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    last_assigned_at: Mapped[datetime | None] = moment(nullable=True)
    gets_digest: Mapped[bool] = mapped_column(Boolean, default=True)
    #: The day of the last digest, and a hash of what it said: the same is not said twice.
    digest_on: Mapped[date | None] = mapped_column(Date)
    digest_key: Mapped[bytes | None] = mapped_column(LargeBinary)

    user: Mapped[User] = relationship(lazy="joined")


class Invitation(WorkspaceModel):
    """A single-use link that makes its holder a member."""

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("role", tuple(ROLES)),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    email_sealed: Mapped[bytes] = sealed_column(nullable=False)
    role: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime] = created_moment()
    expires_at: Mapped[datetime] = moment()
    accepted_at: Mapped[datetime | None] = moment(nullable=True)
    accepted_by: Mapped[UUID | None]

    email = Sealed()


class Logo(WorkspaceModel):
    """The workspace's logo for its public pages, re-encoded as PNG. It is public."""

    __tablename__ = "logos"
    __table_args__ = (
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id"),
    )

    image: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = created_moment()
