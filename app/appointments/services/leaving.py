"""What becomes of the visits of somebody who goes nowhere any more: nobody is set for them, so that others see them in
My day.
"""

from sqlalchemy import select, update

from app.activities.services import Entry, record_entries
from app.appointments.models import Appointment
from app.appointments.words import span_words
from app.core.clock import utcnow
from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace


def free_visits(event: Event) -> None:
    """The reaction to a member who was deactivated, or only looks on from now on: whoever sees to the lead sees to who
    comes, too.
    """
    here = current_workspace_id()
    if event.name == "member.role_changed" and (event.after or {}).get("role") != "viewer":
        return
    with seeing_all():
        leaver = select(Membership.user_id).where(Membership.workspace_id == here, Membership.id == event.subject_id)
        freed = db.session.execute(
            update(Appointment)
            .where(
                Appointment.workspace_id == here, Appointment.user_id == leaver.scalar_subquery(),
                Appointment.starts_at > utcnow(), Appointment.status != fixed("cancelled"),
            )
            .values(user_id=None, version=Appointment.version + 1)
            .returning(Appointment.id, Appointment.lead_id, Appointment.starts_at, Appointment.ends_at)
            .execution_options(synchronize_session=False)
        ).all()  # fmt: skip
        if not freed:
            return
        which = Lead.id == one_among(row.lead_id for row in freed)
        leads = {lead.id: lead for lead in db.session.scalars(select(Lead).where(Lead.workspace_id == here, which))}
        zone = current_workspace().clock().zone
        entries = [
            Entry(
                lead=leads[row.lead_id], actor=event.actor, subject_id=row.id,
                data={"appointment_id": str(row.id), "when": span_words(row.starts_at, row.ends_at, zone)},
            )
            for row in freed
        ]  # fmt: skip
        record_entries(entries, "appointment", "appointment.freed")
