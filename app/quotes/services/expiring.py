"""What happens to a quote that nobody answers: its customer is reminded, and the day after its last it is expired.

Both are work in the outbox, planned when the quote goes out and called off when it is answered or replaced.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event
from app.core.ids import new_id
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.leads.services.reading import get_stage
from app.quotes.models import Quote
from app.quotes.queries import WON, accepted_quote, get_quote
from app.workspaces.queries import current_workspace, today_here

REMIND, EXPIRE = "quote.remind", "quote.expire"


def plan_expiry(quote: Quote) -> None:
    """Plan the reminder, unless the business sends none or its day has passed, and the end of a quote just sent."""
    clock, days = current_workspace().clock(), current_workspace().quote_reminder_days
    if days:
        opens = clock.next_open(_midnight(quote.valid_until - timedelta(days=days)))
        if utcnow() < opens < _midnight(quote.valid_until + timedelta(days=1)):
            outbox.enqueue(REMIND, quote.id, run_at=opens)
    outbox.enqueue(EXPIRE, quote.id, run_at=_midnight(quote.valid_until + timedelta(days=1)))


def call_off_expiry(quote_ids: list[UUID]) -> None:
    """Let quotes rest that were answered or replaced."""
    outbox.cancel(REMIND, quote_ids)
    outbox.cancel(EXPIRE, quote_ids)


def stop_expiring(event: Event) -> None:
    """The reaction to a quote's answer: no reminder is sent any more, and it does not expire."""
    if event.data.get("quote_id"):
        call_off_expiry([UUID(str(event.data["quote_id"]))])


def expire(quote_id: UUID) -> bool:
    """Mark a quote as expired whose last day has passed; returns whether it was. Nothing for one answered meanwhile.

    One whose last day is still to come (the business has moved to another time zone) is looked at again after it.
    """
    found = locked(quote_id)
    if found is None or found[1].state != "sent":
        return False
    lead, quote = found
    if today_here() <= quote.valid_until:
        after = _midnight(quote.valid_until + timedelta(days=1))
        outbox.enqueue(EXPIRE, quote.id, dedupe_key=str(new_id()), run_at=after)
        return False
    quote.state = "expired"
    db.session.flush()
    accepted = accepted_quote(lead.id)
    stands = {"stands": accepted.number} if accepted else {}
    over = {"over": True} if is_over(lead, quote) else {}
    record_activity(
        lead, "quote", "quote.expired", SYSTEM, subject_id=quote.id, data=plain_facts(quote) | stands | over
    )  # fmt: skip
    return True


def is_over(lead: Lead, quote: Quote) -> bool:
    """Whether nobody waits for its answer any more: its link was withdrawn, its lead has come to its end, or a person
    has put that where a yes leads, which was not said here.
    """
    if quote.revoked_at is not None:
        return True
    try:
        stage = get_stage(lead.stage_id)
    except NotFound:
        return False  # its stage was retired and it is being moved on
    return stage.is_final or (stage.key in WON and accepted_quote(lead.id) is None)


def plain_facts(quote: Quote) -> dict[str, Any]:
    """What may be told of a quote anywhere: nothing of its customer."""
    return {"quote_id": str(quote.id), "number": quote.number, "valid_until": quote.valid_until.isoformat()}


def locked(quote_id: UUID) -> tuple[Lead, Quote] | None:
    """A quote and its lead, both locked, the lead first; None when they were erased."""
    here = current_workspace_id()
    lead_id = db.session.scalar(select(Quote.lead_id).where(Quote.workspace_id == here, Quote.id == quote_id))
    try:
        return (get_lead(lead_id, lock=True), get_quote(quote_id, lock=True)) if lead_id else None
    except NotFound:
        return None


def _midnight(day: date) -> datetime:
    """The moment at which a day begins where the business is."""
    return datetime.combine(day, time(), current_workspace().clock().zone).astimezone(UTC)
