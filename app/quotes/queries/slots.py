"""Reading the times that are offered to a lead's customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Exists, Row, ScalarSelect, SQLColumnExpression, and_, exists, func, literal, select

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
from app.rounds.queries import closed_on
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace

#: As many as a customer can choose among without losing the thread.
MOST_OFFERED = 8
#: Who may be sent to a customer: whoever is a member still, and does more than look.
_GOES = (Membership.deactivated_at.is_(None), Membership.role != fixed("viewer"))


@dataclass(frozen=True, slots=True)
class Slot:
    """A time offered. `words` say when, `who` comes; `is_free`: it can still be chosen, which it can't once they have
    left (`has_left`), nor when nobody works on that day by now (`is_closed`).
    """

    id: UUID
    starts_at: datetime
    words: str
    who: str | None
    state: str
    is_free: bool
    has_left: bool = False
    is_closed: bool = False
    noun: str = "slot"


def slots_of(lead_id: UUID) -> list[Slot]:
    """The times offered and the one taken, in their order, those that have passed left out."""
    rows = db.session.execute(
        select(
            SlotOffer.id, SlotOffer.starts_at, SlotOffer.ends_at, User.name, SlotOffer.state,
            taken_up(SlotOffer.user_id, SlotOffer.starts_at, SlotOffer.ends_at),
            and_(SlotOffer.user_id.is_not(None), ~_is_sent(SlotOffer.user_id)),
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
    return [_slot(row, zone) for row in rows]


def _slot(row: Row[Any], zone: ZoneInfo) -> Slot:
    slot_id, starts_at, ends_at, who, state, is_taken_up, has_left = row
    is_closed = closed_on(starts_at.astimezone(zone).date()) is not None
    is_free = state == "offered" and not (is_taken_up or has_left or is_closed)
    words, waits = span_words(starts_at, ends_at, zone), state == "offered"
    return Slot(slot_id, starts_at, words, who, state, is_free, waits and has_left, waits and is_closed)


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


def chosen_span(
    workspace_id: SQLColumnExpression[UUID], lead_id: SQLColumnExpression[UUID]
) -> tuple[ScalarSelect[datetime], ScalarSelect[datetime]]:
    """For a statement about leads: when the visit begins and ends that the customer chose, if it stands and is still
    to come.
    """
    chosen = (
        select(Appointment)
        .join(
            SlotOffer,
            and_(SlotOffer.workspace_id == Appointment.workspace_id, SlotOffer.appointment_id == Appointment.id),
        )
        .where(
            SlotOffer.workspace_id == workspace_id, SlotOffer.lead_id == lead_id, SlotOffer.state == fixed("taken"),
            Appointment.starts_at > utcnow(), Appointment.status != fixed("cancelled"),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(1)
    )  # fmt: skip
    begins, ends = (chosen.with_only_columns(part) for part in (Appointment.starts_at, Appointment.ends_at))
    return begins.scalar_subquery(), ends.scalar_subquery()


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


def can_be_sent(user_id: UUID) -> bool:
    """Whether the person is one of those who may be sent to a customer."""
    return bool(db.session.scalar(select(_is_sent(literal(user_id)))))


def who_comes() -> list[tuple[str, str]]:
    """(user id, name) of the members who may be sent to a customer, by name: all but those who only look."""
    rows = db.session.execute(
        select(Membership.user_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == current_workspace_id(), *_GOES)
        .order_by(User.name)
    )
    return [(str(user_id), name) for user_id, name in rows]


def _is_sent(user_id: SQLColumnExpression[UUID | None]) -> Exists:
    return exists().where(Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id, *_GOES)
