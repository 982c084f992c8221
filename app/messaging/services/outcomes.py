"""What became of a message: its new state, a line on the lead's timeline, and word to open pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.activities.services import note_contact, record_activity
from app.core.access_keys import without_keys
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.permissions import SYSTEM, Actor
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Message, MessageTemplate
from app.messaging.words import trouble_words


def mark_sent(
    message: Message, *, provider_id: str | None = None, at: datetime | None = None, actor: Actor | None = None
) -> None:
    """The provider has it. `at` is when, by default now; `actor` the person who settled it, if one did."""
    message.state, message.error = "sent", None
    message.provider_id = provider_id or message.provider_id
    message.sent_at = at or utcnow()
    lead = lead_of(message)
    if lead is not None:
        # What Sill sends by itself is no answer of ours: it would make every firm quick.
        note_contact(lead, message.channel, reached=message.created_by is not None, at=message.sent_at)
    _tell("message.sent", message, actor or author(message))


def mark_delivered(message: Message) -> None:
    """The provider says that it arrived."""
    message.state, message.error = "delivered", None
    _announce("message.delivered", message, SYSTEM)


def mark_failed(message: Message, code: str, *, actor: Actor | None = None) -> None:
    """It will not arrive; a person must decide. `code` holds no customer data."""
    message.state, message.error = "failed", code
    _tell("message.failed", message, actor or author(message))


def mark_refused(message: Message, code: str) -> None:
    """We did not even try: the address opted out or can't be reached by this channel."""
    message.state, message.error = "refused", code
    _tell("message.refused", message, author(message))


def mark_uncertain(message: Message, code: str) -> None:
    """Nobody knows whether it arrived; only a person may decide to send it a second time."""
    message.state, message.error = "uncertain", code
    _tell("message.uncertain", message, author(message))


def author(message: Message) -> Actor:
    """Who wrote the message: a member, or Sill itself."""
    return Actor("person", message.created_by) if message.created_by else SYSTEM


def lead_of(message: Message) -> Lead | None:
    """The lead that the message belongs to."""
    if message.lead_id is None:
        return None
    return db.session.get(Lead, (message.workspace_id, message.lead_id))


def line_of(message: Message) -> dict[str, Any]:
    """The words and the plain facts of the timeline's line about what became of a message."""
    # The timeline is read by crew and onlookers too, who must not answer a quote in the customer's place.
    body = without_keys((message.subject or "") if message.channel == "email" else message.body) or None
    data = {
        "message_id": str(message.id), "title": _template_name(message), "error": message.error,
        "reason": trouble_words(message.error) if message.error else "",
    }  # fmt: skip
    return {"body": body, "data": data}


def _tell(name: str, message: Message, actor: Actor) -> None:
    db.session.flush()
    lead = lead_of(message)
    if lead is None:
        _announce(name, message, actor)
        return
    record_activity(
        lead, message.channel, name, actor, **line_of(message), subject_id=message.id, is_customer_visible=True,
        topics=("outbox",),
    )  # fmt: skip


def _announce(name: str, message: Message, actor: Actor) -> None:
    db.session.flush()
    publish(
        Event(
            name, message.workspace_id, actor, "message", message.id, lead_id=message.lead_id,
            data={"channel": message.channel, "error": message.error}, topics=frozenset({"outbox"}),
        )
    )  # fmt: skip


def _template_name(message: Message) -> str:
    if message.template_key is None:
        return ""
    return (
        db.session.scalar(
            select(MessageTemplate.name).where(
                MessageTemplate.workspace_id == message.workspace_id, MessageTemplate.key == message.template_key
            )
        )
        or ""
    )
