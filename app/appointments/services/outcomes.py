"""What became of a visit."""

from uuid import UUID

from app.activities.services import record_activity
from app.appointments.models import Appointment
from app.appointments.queries import get_visit
from app.appointments.words import span_words
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace


def note_no_show(visit_id: UUID, actor: Actor) -> Appointment:
    """Say that nobody was there, which begins what follows on that. Saying it again changes nothing.

    Raises NotFound, or Conflict for a visit that is still to come, was called off or ended otherwise.
    """
    lead = get_lead(get_visit(visit_id).lead_id, lock=True)
    visit = get_visit(visit_id, lock=True)
    if visit.outcome == "no_show":
        return visit
    if visit.starts_at > utcnow():
        raise Conflict("This visit is still to come.")
    if visit.outcome is not None or visit.status == "cancelled":
        raise Conflict("What became of this visit is known already.")
    visit.outcome = "no_show"
    db.session.flush()
    record_activity(
        lead, "appointment", "appointment.no_show", actor, subject_id=visit.id, topics=(topic("lead", lead.id),),
        data={
            "appointment_id": str(visit.id),
            "when": span_words(visit.starts_at, visit.ends_at, current_workspace().clock().zone),
        },
    )  # fmt: skip
    return visit
