"""What happens to a lead's chases when its customer answers, books or wants no more of them."""

from uuid import UUID

from sqlalchemy import select

from app.core.catalogue import known
from app.core.events import Event
from app.core.tenancy import acting_in, current_scope, current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment
from app.followups.queries.hearing import BY_MACHINE, ENDS, UNCLEAR
from app.followups.queries.steps import every
from app.followups.queries.ways import DOUBTFUL
from app.followups.services.ending import stop_chase
from app.followups.services.enrolling import UNDER_WAY
from app.followups.services.laying_out import sequence_of, steps_of_version
from app.followups.services.pausing import pause_chase
from app.leads.models import Stage

#: Event -> the stage whose reminders it settles: what they remind of has been done.
_SETTLES = {"booking.confirmed": "ready_for_squeegee"}
#: What of a sequence the customer notices, and a move for their silence.
_CHASES = ("email", "sms", "call", "stage")


def end_chase(event: Event) -> None:
    """The reaction to what makes a chase a nuisance (`hearing.ENDS`): it ends in the same transaction. What only
    reminds ourselves goes on, unless it is done.

    A reply that nobody dares to judge pauses the chase instead; one that a machine wrote changes nothing.
    """
    triage = event.data.get("triage")
    if event.lead_id is None or triage in BY_MACHINE:
        return
    scope = current_scope()
    with acting_in(scope.workspace_id, user_id=scope.user_id):
        ours = reminders(event.lead_id, _SETTLES.get(event.name))
        if triage in UNCLEAR:
            pause_chase(event.lead_id, DOUBTFUL, event.actor, ours)
        else:
            stop_chase(event.lead_id, ENDS[event.name], event.actor, ours)


def reminders(lead_id: UUID, settled: str | None = None) -> list[UUID]:
    """The enrolments of a lead with nothing in them but tasks of ours, without those of the stage that is settled."""
    under_way = db.session.execute(
        select(Enrolment.id, Enrolment.sequence_id, Enrolment.version_no).where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == lead_id,
            Enrolment.state.in_(UNDER_WAY),
        )
    ).all()  # fmt: skip
    done = {stage.id for stage in known(Stage) if stage.key == settled}
    return [
        enrolment_id
        for enrolment_id, sequence_id, version_no in under_way
        if sequence_of(sequence_id).stage_id not in done
        and all(step.kind not in _CHASES for step in every(steps_of_version(sequence_id, version_no)))
    ]
