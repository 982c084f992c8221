"""How a lead moves by itself when something happens to its quote or its transfer."""

from datetime import date

from app.core.clock import utcnow
from app.core.events import Event
from app.core.permissions import Actor
from app.core.tenancy import seeing_all
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.services.moving import DECLINED, move_to_stage, tell_return_set
from app.leads.services.reading import get_lead, get_stage, stage_by_key
from app.leads.services.returning import REASONS, return_date
from app.workspaces.queries import current_workspace, today_here

#: The stages after a customer's yes.
_WON = ("ready_for_squeegee", "transferred_to_squeegee", "booking_confirmed")


def advance_to_quote_sent(event: Event) -> None:
    """A quote went out."""
    _move_to("quote_sent", event, unless_past=True)


def advance_to_ready(event: Event) -> None:
    """The customer accepted: the lead waits to be handed over."""
    _move_to("ready_for_squeegee", event)


def move_to_declined(event: Event) -> None:
    """The customer said no, and perhaps why; the reason sets the day to ask again. Not where they said yes to another
    version before, which stands. A lead that was given up already returns by that reason, unless a person has said why
    before.
    """
    if event.lead_id is None or event.data.get("stands"):
        return
    said = event.data.get("reason")
    reason_key = (said if said in REASONS else "other") if said else None
    with seeing_all():
        lead = get_lead(event.lead_id, lock=True)
        if get_stage(lead.stage_id).key == DECLINED:
            if reason_key:
                _say_why(lead, reason_key, event.actor)
        else:
            move_to_stage(lead.id, stage_by_key(DECLINED).id, event.actor, reason_key=reason_key)


def advance_to_transferred(event: Event) -> None:
    """Squeegee has the customer and the job. Where something else was agreed since, the lead waits where it is for a
    person to change it there.
    """
    assert event.lead_id is not None
    if event.data.get("differs") and get_stage(get_lead(event.lead_id).stage_id).key == "ready_for_squeegee":
        return
    _move_to("transferred_to_squeegee", event, unless_past=True)


def advance_to_booking_confirmed(event: Event) -> None:
    """Squeegee told the first date."""
    assert event.lead_id is not None
    lead = get_lead(event.lead_id, lock=True)
    lead.booking_confirmed_at = utcnow()
    lead.first_service_date = date.fromisoformat(event.data["first_service_date"])
    _move_to("booking_confirmed", event)


def _move_to(key: str, event: Event, *, unless_past: bool = False) -> None:
    """Move the event's lead to the stage `key`; with `unless_past` only forward, and never out of a final stage."""
    assert event.lead_id is not None
    with seeing_all():
        lead = get_lead(event.lead_id, lock=True)
        target, now = stage_by_key(key), get_stage(lead.stage_id)
        if target.id == now.id or (unless_past and _is_past(now, target)):
            return
        move_to_stage(lead.id, target.id, event.actor)


def _say_why(lead: Lead, reason_key: str, actor: Actor) -> None:
    """Keep why a declined lead was lost, and plan its return where nobody had said why or when."""
    nobody_said = lead.decline_reason is None and lead.returns_on is None
    lead.decline_reason = reason_key
    returns_on = return_date(reason_key, today_here(), current_workspace().price_review_month)
    if not nobody_said or returns_on is None:
        return
    lead.returns_on = returns_on
    db.session.flush()
    tell_return_set(lead, actor)


def _is_past(now: Stage, target: Stage) -> bool:
    """Whether the stage lies behind the target; one of those won does, in whatever order a workspace has put them."""
    if now.key in _WON and target.key not in _WON:
        return True
    return now.position > target.position
