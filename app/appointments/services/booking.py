"""Booking a visit. Nobody is sent to two places at once, however many customers choose at the same moment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.activities.services import record_activity
from app.appointments.models import Appointment
from app.appointments.queries import is_busy
from app.appointments.words import span_words
from app.core.errors import Conflict
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.queries import current_workspace

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:who, 7))")


def book_visit(lead: Lead, starts_at: datetime, ends_at: datetime, user_id: UUID | None, actor: Actor) -> Appointment:
    """Make a visit to the lead's house; its row is locked by the caller. `user_id` is who goes, None for nobody yet.

    Raises Conflict when that person is elsewhere at the time: of two bookings at once the second waits and finds the
    first.
    """
    if user_id is not None:
        db.session.execute(_LOCK, {"who": str(user_id)})
        if is_busy(user_id, starts_at, ends_at):
            raise Conflict("That time has just been taken.")
    visit = Appointment(lead_id=lead.id, user_id=user_id, starts_at=starts_at, ends_at=ends_at, status="set")
    db.session.add(visit)
    db.session.flush()
    zone = current_workspace().clock().zone
    record_activity(
        lead, "appointment", "appointment.booked", actor, subject_id=visit.id, topics=(topic("lead", lead.id),),
        data={
            "appointment_id": str(visit.id), "user_id": str(user_id) if user_id else None,
            "starts_at": starts_at.isoformat(), "when": span_words(starts_at, ends_at, zone),
        },
    )  # fmt: skip
    return visit
