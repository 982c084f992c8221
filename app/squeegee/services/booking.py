"""The booking comes back: by a person's hand, or by a signed message from Squeegee's side."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.activities.models import Activity
from app.activities.services import record_activity, set_quietly
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.services.states import TOPIC
from app.workspaces.queries import today_here

log = structlog.get_logger(__name__)
_PAST, _FUTURE = timedelta(days=366), timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation says. `webhook_id` is the message's own; `reference` the lead's number."""

    webhook_id: str
    reference: str
    first_service_date: date
    customer_id: str | None = None
    job_id: str | None = None


def record_booking(lead_id: UUID, first_service_date: date, actor: Actor, *, webhook_id: str | None = None) -> Lead:
    """The first clean has a date: keep it and tell; the reaction moves the lead. The same date again changes nothing.

    A person's date replaces the one there was. Raises Invalid for a date more than a year ago or two years ahead.
    """
    lead = get_lead(lead_id, lock=True)
    if lead.booking_confirmed_at is not None and lead.first_service_date == first_service_date:
        return lead
    if not is_plausible(first_service_date):
        raise Invalid({"first_service_date": "Choose a date between a year ago and two years from now."})
    before = lead.first_service_date.isoformat() if lead.first_service_date else None
    data = {"first_service_date": first_service_date.isoformat()}
    record_activity(
        lead, "transfer", "booking.confirmed", actor, data=data | ({"webhook_id": webhook_id} if webhook_id else {}),
        before={"first_service_date": before}, after=data, topics=(TOPIC,),
    )  # fmt: skip
    return lead


def take_confirmation(confirmation: Confirmation, actor: Actor) -> str:
    """Take a confirmation that came by itself. Returns recorded, known, differs or unknown.

    A message that was taken before changes nothing. A date other than the one a lead has is kept as a note for a
    person, not applied: a late or repeated message must not move a booking that somebody made by hand.
    """
    lead = _lead_of(confirmation.reference)
    if lead is None:
        log.info("squeegee_confirmation_ignored", reason="unknown_reference")
        return "unknown"
    if _was_taken(lead, confirmation.webhook_id):
        return "known"
    if lead.booking_confirmed_at is not None and lead.first_service_date != confirmation.first_service_date:
        _note_difference(lead, confirmation, actor)
        return "differs"
    if lead.booking_confirmed_at is not None:
        return "known"
    set_quietly(
        lead,
        {
            "squeegee_customer_id": lead.squeegee_customer_id or confirmation.customer_id,
            "squeegee_job_id": lead.squeegee_job_id or confirmation.job_id,
        },
    )
    record_booking(lead.id, confirmation.first_service_date, actor, webhook_id=confirmation.webhook_id)
    return "recorded"


def is_plausible(day: date) -> bool:
    """Whether a first clean may be on that day."""
    return today_here() - _PAST <= day <= today_here() + _FUTURE


def _lead_of(reference: str) -> Lead | None:
    lead_id = db.session.scalar(
        select(Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.number == reference)
    )
    return get_lead(lead_id, lock=True) if lead_id else None


def _was_taken(lead: Lead, webhook_id: str) -> bool:
    """Whether the message stands in the lead's timeline. The lead is locked: no twin of it is being taken now."""
    return bool(
        db.session.scalar(
            select(Activity.id)
            .where(
                Activity.workspace_id == lead.workspace_id, Activity.lead_id == lead.id,
                Activity.data["webhook_id"].as_string() == webhook_id,
            )
            .limit(1)
        )
    )  # fmt: skip


def _note_difference(lead: Lead, confirmation: Confirmation, actor: Actor) -> None:
    theirs, ours = confirmation.first_service_date, lead.first_service_date
    record_activity(
        lead, "note", "note.added", actor, note_type="internal",
        body=f"Squeegee says that the first clean is on {theirs:%-d %B %Y}. Here it is {ours:%-d %B %Y}."
        " Nothing was changed: put right whichever is wrong.",
        data={"webhook_id": confirmation.webhook_id, "squeegee_date": theirs.isoformat()}, topics=(TOPIC,),
    )  # fmt: skip
