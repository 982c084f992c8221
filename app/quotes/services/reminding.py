"""Reminding a customer that a quote is about to end. A service message: it is about the quote they asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.clock import BusinessClock, utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.models import fixed
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.models import Lead
from app.messaging import services as messaging
from app.messaging.models import Message
from app.quotes.models import Quote
from app.quotes.services.expiring import is_over, locked, plain_facts
from app.quotes.services.sending import words_of_offer
from app.workspaces.queries import current_workspace, today_here

TEMPLATES = {"email": "quote_reminder_email", "sms": "quote_reminder_sms"}


def remind(quote_id: UUID) -> datetime | None:
    """Remind the customer of an open quote by the way it went out, and tell the lead's owner in the bell.

    Returns a later moment when business is closed by now. Nothing is sent for a quote that was answered, replaced,
    withdrawn or reminded of already, nor for a lead that is put away or has come to its end; who can't be reached by
    message, or has written since the quote went out, is left to the owner.
    """
    found = locked(quote_id)
    if found is None:
        return None
    lead, quote = found
    if not _is_waiting(lead, quote):
        return None
    now = utcnow()
    clock = current_workspace().clock()
    opens = clock.next_open(now)
    if _channel_for(lead, quote) == "sms" and clock.texts is not None:
        opens = _text_hours(clock, now)
    if opens > now:
        return opens
    quote.reminded_at = now
    db.session.flush()
    has_written = _has_written(quote)
    was_sent = not has_written and _send(lead, quote)
    publish(
        Event(
            "quote.expiring", lead.workspace_id, SYSTEM, "quote", quote.id, lead_id=lead.id,
            data={**plain_facts(quote), "was_sent": was_sent, "has_written": has_written},
        )
    )  # fmt: skip
    return None


def _is_waiting(lead: Lead, quote: Quote) -> bool:
    if quote.state != "sent" or quote.reminded_at is not None:
        return False
    return lead.shelf == "desk" and today_here() <= quote.valid_until and not is_over(lead, quote)


def _has_written(quote: Quote) -> bool:
    """Whether the customer answered by mail or text since it went out; what a machine wrote is no answer."""
    query = select(Message.id).where(
        Message.workspace_id == quote.workspace_id, Message.lead_id == quote.lead_id,
        Message.direction == fixed("in"), Message.triage != fixed("automatic"),
        Message.created_at > (quote.sent_at or quote.created_at),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def _channel_for(lead: Lead, quote: Quote) -> str | None:
    """The way by which the quote went out, or another by which its customer is reached."""
    ways = messaging.ways_to_reach(lead.contact)
    return quote.sent_by if quote.sent_by in ways else next(iter(ways), None)


def _text_hours(clock: BusinessClock, now: datetime) -> datetime:
    """The first moment from now on that lies in the opening hours and out of the quiet ones."""
    assert clock.texts is not None
    try:
        return clock.next_in_window(now, *clock.texts)
    except ValueError:  # the two never meet
        return clock.next_in_window(now, *clock.texts, any_day=True)


def _send(lead: Lead, quote: Quote) -> bool:
    ways, channel = messaging.ways_to_reach(lead.contact), _channel_for(lead, quote)
    if channel is None:
        return False
    key = TEMPLATES[channel]
    try:
        words = messaging.render_template(key, lead, **words_of_offer(quote, lead))
    except Conflict:
        return False  # the workspace's words ask for something that is not known; the owner is told all the same
    messaging.compose(
        lead, channel, recipient=ways[channel], subject=words.subject, body=words.body, html=words.html,
        purpose="service", template_key=key, template_version_no=words.version_no, actor=SYSTEM,
    )  # fmt: skip
    return True
