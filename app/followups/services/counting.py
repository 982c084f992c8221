"""How often a lead was written to: messages of steps that count as an attempt, taken back again when they stay here."""

from sqlalchemy import select

from app.activities.services import set_quietly
from app.core.events import Event
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import find
from app.followups.services.laying_out import steps_under_way
from app.leads.models import Lead
from app.leads.services import get_lead


def count_attempt(lead: Lead, by: int = 1) -> None:
    """Keep that the lead was written to once more, or once less. Its row is held by the caller."""
    set_quietly(lead, {"follow_up_count": max(0, lead.follow_up_count + by)})


def uncount(event: Event) -> None:
    """The reaction to a message being taken back: one of a step that counts was no attempt after all."""
    if event.lead_id is None:
        return
    with seeing_all():
        here = current_workspace_id()
        query = select(FollowUp).where(FollowUp.workspace_id == here, FollowUp.message_id == event.subject_id)
        follow_up = db.session.scalars(query).first()
        if follow_up is not None and counts(follow_up):
            count_attempt(get_lead(event.lead_id, lock=True), -1)


def counts(follow_up: FollowUp) -> bool:
    """Whether the step of a follow-up counts as an attempt, in the version that its lead is on."""
    if follow_up.enrolment_id is None:
        return False
    enrolment = db.session.get_one(Enrolment, (follow_up.workspace_id, follow_up.enrolment_id))
    step = find(steps_under_way(enrolment), follow_up.step_key)
    return step is not None and step.counts
