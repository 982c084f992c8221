"""What happens to a lead's chases when its customer answers, books or wants no more of them."""

from app.core.events import Event
from app.core.tenancy import seeing_all
from app.followups.queries.hearing import BY_MACHINE, ENDS, UNCLEAR
from app.followups.queries.reminding import only_reminds
from app.followups.queries.ways import DOUBTFUL
from app.followups.services.ending import stop_chase
from app.followups.services.pausing import pause_chase

#: Event -> the stage whose reminders it settles: what they remind of has been done.
_SETTLES = {"booking.confirmed": "ready_for_squeegee"}


def end_chase(event: Event) -> None:
    """The reaction to what makes a chase a nuisance (`hearing.ENDS`): it ends in the same transaction. What only
    reminds ourselves goes on, unless it is done.

    A reply that nobody dares to judge pauses the chase instead; one that a machine wrote changes nothing.
    """
    triage = event.data.get("triage")
    if event.lead_id is None or triage in BY_MACHINE:
        return
    with seeing_all():
        ours = only_reminds(_SETTLES.get(event.name))
        if triage in UNCLEAR:
            pause_chase(event.lead_id, DOUBTFUL, event.actor, ours)
        else:
            stop_chase(event.lead_id, ENDS[event.name], event.actor, ours)
