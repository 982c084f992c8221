"""Reading the times that are offered to a lead's customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, SQLColumnExpression, and_, func, select

from app.accounts.models import User
from app.appointments.models import Appointment
from app.appointments.queries import taken_up
from app.appointments.words import span_words
from app.core.clock import utcnow
from app.core.loading import load_one
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.quotes.models import SlotOffer
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace

#: As many as a customer can choose among without losing the thread.
MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Slot:
    """A time offered. `words` say when, `who` comes; `is_free`: it can still be chosen."""

    id: UUID
    starts_at: datetime
    words: str
    who: str | None
    state: str
    is_free: bool
    noun: str = "slot"


def slots_of(lead_id: UUID) -> list[Slot]:
    """The times offered and the one taken, in their order, those that have passed left out."""
    rows = db.session.execute(
        select(
            SlotOffer.id, SlotOffer.starts_at, SlotOffer.ends_at, User.name, SlotOffer.state,
            taken_up(SlotOffer.user_id, SlotOffer.starts_at, SlotOffer.ends_at),
        )
        .outerjoin(User, User.id == SlotOffer.user_id)
        .where(
            SlotOffer.workspace_id == current_workspace_id(), SlotOffer.lead_id == lead_id,
            SlotOffer.state != "withdrawn", SlotOffer.starts_at > utcnow(),
        )
        .order_by(SlotOffer.starts_at)
        .limit(MOST_OFFERED + 1)
    )  # fmt: skip
    zone = current_workspace().clock().zone
    return [
        Slot(row[0], row[1], span_words(row[1], row[2], zone), row[3], row[4], row[4] == "offered" and not row[5])
        for row in rows
    ]


def open_slots(lead_id: UUID) -> list[Slot]:
    """Those that the customer can choose now; none once one has been taken."""
    slots = slots_of(lead_id)
    return [] if any(slot.state == "taken" for slot in slots) else [slot for slot in slots if slot.is_free]


def is_chosen(visit_id: UUID) -> bool:
    """Whether a visit came of a time that the customer chose: that is always for a first clean."""
    query = select(SlotOffer.id).where(
        SlotOffer.workspace_id == current_workspace_id(), SlotOffer.appointment_id == visit_id
    )
    return db.session.execute(query.limit(1)).first() is not None


def chosen_at(workspace_id: SQLColumnExpression[UUID], lead_id: SQLColumnExpression[UUID]) -> ScalarSelect[datetime]:
    """For a statement about leads: when the visit begins that the customer chose, if it stands and is still to come."""
    return (
        select(Appointment.starts_at)
        .join(
            SlotOffer,
            and_(SlotOffer.workspace_id == Appointment.workspace_id, SlotOffer.appointment_id == Appointment.id),
        )
        .where(
            SlotOffer.workspace_id == workspace_id, SlotOffer.lead_id == lead_id, SlotOffer.state == fixed("taken"),
            Appointment.starts_at > utcnow(), Appointment.status != fixed("cancelled"),
        )
        .order_by(Appointment.starts_at)
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip


def count_offered(lead_id: UUID) -> int:
    """How many times wait for the customer's choice."""
    query = select(func.count()).where(
        SlotOffer.workspace_id == current_workspace_id(), SlotOffer.lead_id == lead_id,
        SlotOffer.state == "offered", SlotOffer.starts_at > utcnow(),
    )  # fmt: skip
    return int(db.session.execute(query).scalar_one())


def get_slot(slot_id: UUID, *, lock: bool = False) -> SlotOffer:
    """An offer, as far as the scope sees it. Raises NotFound."""
    query = select(SlotOffer).where(SlotOffer.workspace_id == current_workspace_id(), SlotOffer.id == slot_id)
    return load_one(query, lock=lock)


def who_comes() -> list[tuple[str, str]]:
    """(user id, name) of the members who may be sent to a customer, by name: all but those who only look."""
    rows = db.session.execute(
        select(Membership.user_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == current_workspace_id(), Membership.deactivated_at.is_(None),
            Membership.role != "viewer",
        )
        .order_by(User.name)
    )  # fmt: skip
    return [(str(user_id), name) for user_id, name in rows]
