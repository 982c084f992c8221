"""Telling open pages that somebody's queue may have changed."""

from app.core.events import Event
from app.core.live import announce
from app.my_day.queries.queue import PERSON_ACTS

#: Told when what waits for people has changed.
ACTS_TOPIC = "my-day"
#: What puts a lead into a queue, takes it out or changes its place there, and what is done with a visit.
_NAMES = frozenset(
    {"lead.created", "lead.assigned", "lead.fact_changed", "lead.stage_changed", "leads.shelved", "leads.unshelved"}
)


def tell_my_days(event: Event) -> None:
    """The reaction to every event: tell those who have My day open. Messages that leave by themselves are none."""
    is_act = event.name.startswith("follow_up.") and event.data.get("kind") in PERSON_ACTS
    if is_act or event.name in _NAMES or event.name.startswith("appointment."):
        announce({ACTS_TOPIC})
