"""A person's visits of today and tomorrow: their own, and to their and nobody's leads those that nobody is set for.

The leads of somebody who works on none any more are, until they are handed on, seen to by whoever sees every lead.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, and_, bindparam, exists, or_, select

from app.appointments.models import Appointment
from app.appointments.words import hours_words
from app.contacts.models import Contact, Property
from app.core.models import fixed
from app.core.permissions import ROLES
from app.core.tenancy import current_scope
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace, today_here

MOST_SHOWN = 24
_WORKERS = [role for role, rights in ROLES.items() if "leads:write" in rights]


@dataclass(frozen=True, slots=True)
class DayVisit:
    """A visit as My day shows it. `is_over`: its time has passed and nobody has said yet how it went."""

    id: UUID
    lead_id: UUID
    day: date
    hours: str
    name: str
    place: str
    is_over: bool
    noun: str = "visit"


@dataclass(frozen=True, slots=True)
class DayVisits:
    """Today's and tomorrow's, each by their time."""

    today: list[DayVisit]
    tomorrow: list[DayVisit]

    def __bool__(self) -> bool:
        return bool(self.today or self.tomorrow)


def day_visits(now: datetime) -> DayVisits:
    """Whom the person in scope visits, what is called off or settled left out. One statement, by the visits' time."""
    scope, zone, today = current_scope(), current_workspace().clock().zone, today_here()
    begins, ends = (
        datetime.combine(today + timedelta(days=days), time(), zone).astimezone(UTC) for days in (0, 2)
    )  # fmt: skip
    given = {"here": scope.workspace_id, "me": scope.user_id, "begins": begins, "ends": ends}
    found = [
        DayVisit(
            row.id, row.lead_id, row.starts_at.astimezone(zone).date(),
            hours_words(row.starts_at, row.ends_at, zone), row.Contact.name,
            ", ".join(filter(None, (row.Property.address_line1, row.Property.town, row.Property.postcode))),
            max(row.starts_at, row.ends_at) < now,
        )
        for row in db.session.execute(_VISITS, given)
    ]  # fmt: skip
    return DayVisits([each for each in found if each.day == today], [each for each in found if each.day != today])


def _visits() -> Select[Any]:
    here, me = bindparam("here", type_=Uuid), bindparam("me", type_=Uuid)
    begins, ends = (bindparam(name, type_=DateTime(timezone=True)) for name in ("begins", "ends"))
    works = exists().where(
        Membership.workspace_id == Lead.workspace_id, Membership.user_id == Lead.owner_id,
        Membership.deactivated_at.is_(None), Membership.role.in_(_WORKERS),
    )  # fmt: skip
    unset = and_(Appointment.user_id.is_(None), or_(Lead.owner_id == me, Lead.owner_id.is_(None), ~works))
    return (
        select(
            Appointment.id, Appointment.lead_id, Appointment.starts_at, Appointment.ends_at, Contact, Property
        )
        .join(Lead, and_(Lead.workspace_id == Appointment.workspace_id, Lead.id == Appointment.lead_id))
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
        .where(
            Appointment.workspace_id == here, Appointment.starts_at >= begins, Appointment.starts_at < ends,
            Appointment.status != fixed("cancelled"), Appointment.outcome.is_(None), Lead.shelf == fixed("desk"),
            or_(Appointment.user_id == me, unset),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(MOST_SHOWN)
    )  # fmt: skip


_VISITS = _visits()
