"""Reading visits: who is where, and when somebody comes to a lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from app.accounts.models import User
from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.core.loading import load_one
from app.core.models import fixed
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead

_OFF = "cancelled"
#: For so long people say what became of a visit; the last few are asked about.
_LATELY, _MOST_PAST = timedelta(days=30), 3


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as pages show it. `who` is the name of the person who comes, None while nobody is set."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    who: str | None
    noun: str = "visit"
    outcome: str | None = None


def get_visit(visit_id: UUID, *, lock: bool = False) -> Appointment:
    """A visit, as far as the scope sees it. Raises NotFound."""
    query = select(Appointment).where(Appointment.workspace_id == current_workspace_id(), Appointment.id == visit_id)
    return load_one(query, lock=lock)


def past_visits(lead_id: UUID) -> list[Visit]:
    """The visits of late that have begun and were not called off, the newest first."""
    now = utcnow()
    rows = db.session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.ends_at, User.name, Appointment.outcome)
        .outerjoin(User, User.id == Appointment.user_id)
        .where(
            Appointment.workspace_id == current_workspace_id(), Appointment.lead_id == lead_id,
            Appointment.starts_at <= now, Appointment.starts_at > now - _LATELY, Appointment.status != fixed(_OFF),
        )
        .order_by(Appointment.starts_at.desc())
        .limit(_MOST_PAST)
    )  # fmt: skip
    return [Visit(*row[:4], outcome=row[4]) for row in rows]


def is_busy(user_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a member has a visit that overlaps the time, to whomever: also one that the asker may not see."""
    query = select(Appointment.id).where(
        Appointment.workspace_id == current_workspace_id(),
        Appointment.user_id == user_id,
        *overlaps(starts_at, ends_at),
    )
    with seeing_all():
        return db.session.execute(query.limit(1)).first() is not None


def taken_up(user_id: ColumnElement[UUID], starts_at: ColumnElement, ends_at: ColumnElement) -> ColumnElement[bool]:
    """The same as a condition for rows that name a member and a time."""
    return exists().where(
        Appointment.workspace_id == current_workspace_id(),
        Appointment.user_id == user_id,
        *overlaps(starts_at, ends_at),
    )


def overlaps(starts_at: datetime | ColumnElement, ends_at: datetime | ColumnElement) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a visit that stands lies across a time. To a lead in the bin nobody goes."""
    binned = exists().where(
        Lead.workspace_id == Appointment.workspace_id, Lead.id == Appointment.lead_id, Lead.shelf == fixed("bin")
    )
    return (
        Appointment.starts_at < ends_at,
        Appointment.ends_at > starts_at,
        Appointment.status != fixed(_OFF),
        ~binned,
    )


def next_visit(lead_id: UUID) -> Visit | None:
    """The next visit to a lead that has not ended yet."""
    row = db.session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.ends_at, User.name)
        .outerjoin(User, User.id == Appointment.user_id)
        .where(
            Appointment.workspace_id == current_workspace_id(),
            Appointment.lead_id == lead_id,
            Appointment.ends_at >= utcnow(),
            Appointment.status != fixed(_OFF),
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    ).first()
    return Visit(*row) if row else None
