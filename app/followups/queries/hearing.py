"""What we have heard from a customer that ends a chase, or lets it rest."""

from uuid import UUID

from sqlalchemy import or_, select

from app.activities.models import Activity
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Message

#: Event -> why the chase ends with it.
ENDS = {
    "reply.received": "replied", "quote.question_asked": "replied", "contact.opted_out": "opted_out",
    "booking.confirmed": "booked", "appointment.booked": "booked",
    "quote.accepted": "accepted", "quote.declined": "declined",
}  # fmt: skip
#: What a reply that nobody dares to judge does, and one that no person wrote.
UNCLEAR, BY_MACHINE = ("unclear",), ("automatic",)
_WISHES, _HANDED_OVER = "contact.wishes_changed", "transfer.succeeded"


def heard_since(lead: Lead, row_id: UUID) -> str | None:
    """What would have become since of a chase of the lead that had been under way: "stopped", "paused", or None.

    Since the row `row_id` was made: ids are in the order in which rows are made, while mail keeps the time at which it
    came, however late a person puts it on its lead. The scope must see all leads of the contact.
    """
    told = [*_told(lead, row_id), *_written(lead, row_id)]
    return "stopped" if "stopped" in told else "paused" if told or _has_unplaced(lead, row_id) else None


def _told(lead: Lead, row_id: UUID) -> list[str]:
    """What the timelines of the contact's leads say; who wants no more messages wants none about any of them."""
    rows = db.session.execute(
        select(Activity.lead_id, Activity.event, Activity.data)
        .join(Lead, (Lead.workspace_id == Activity.workspace_id) & (Lead.id == Activity.lead_id))
        .where(
            Lead.workspace_id == current_workspace_id(), Lead.contact_id == lead.contact_id, Activity.id > row_id,
            Activity.event.in_((*ENDS, _WISHES, _HANDED_OVER)),
        )
    )  # fmt: skip
    return [
        "stopped" for lead_id, event, data in rows
        if (_ends_service(data) if event == _WISHES else lead_id == lead.id)
    ]  # fmt: skip


def _ends_service(data: dict) -> bool:
    return any(purpose == "service" and not granted for _, purpose, granted in data.get("changes", ()))


def _written(lead: Lead, row_id: UUID) -> list[str]:
    """What the contact wrote: on another lead, or doubtful, it lets the chase rest, anything else ends it."""
    rows = db.session.execute(
        select(Message.lead_id, Message.triage).where(
            Message.workspace_id == current_workspace_id(), Message.contact_id == lead.contact_id,
            Message.direction == fixed("in"), Message.id > row_id,
        )
    )  # fmt: skip
    return [
        "stopped" if lead_id == lead.id and triage not in UNCLEAR else "paused"
        for lead_id, triage in rows if triage not in BY_MACHINE
    ]  # fmt: skip


def _has_unplaced(lead: Lead, row_id: UUID) -> bool:
    """Whether something of the contact's waits for a person to say which lead it belongs to."""
    keys = [key for key in (lead.contact.email_key, lead.contact.phone_key) if key]
    query = select(Arrival.id).where(
        Arrival.workspace_id == current_workspace_id(), Arrival.sender_key.in_(keys), Arrival.id > row_id,
        Arrival.state == fixed("waiting"), Arrival.channel != fixed("call"),
        or_(Arrival.why.is_(None), Arrival.why != fixed("machine")),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
