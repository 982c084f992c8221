"""A sequence that nobody is on, and a lead's way through another."""

from uuid import UUID

from app.core.permissions import Actor
from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import Delay, Step, to_raw
from app.followups.services import enrol, setting_up
from app.leads.models import Lead

STEPS = (Step("ring", "call", "Ring them", Delay(3, "days")),)


def sequence(lead: Lead, actor: Actor) -> UUID:
    """A sequence that may be switched on, changed, copied, begun and deleted."""
    return _ready("Gutters in autumn", actor).id


def enrolment(lead: Lead, actor: Actor) -> UUID:
    """The lead's way through another sequence."""
    return enrol(lead, _ready("Conservatories in spring", actor), actor, "hand").id


def _ready(name: str, actor: Actor) -> Sequence:
    made = setting_up.add_sequence(name, actor)
    made.steps, made.is_active = to_raw(STEPS), True
    db.session.flush()
    return made
