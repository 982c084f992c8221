"""Lets the demo's customers write back, by the way real replies come, so that chases stop and bells ring."""

from datetime import datetime, timedelta

from app.activities.services import note_contact, record_activity
from app.core import phones
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Conversation, Message
from app.messaging.services import conversations
from app.messaging.services.letters import letter_html
from app.messaging.services.matching import sender_key
from app.messaging.services.receiving import receive
from app.workspaces.demo.cast import Cast
from app.workspaces.demo.exchanges import EXCHANGES, STRANGERS, Exchange, Line
from app.workspaces.demo.history import History

_APART = timedelta(minutes=4)


def name_contacts(cast: Cast) -> None:
    """Say of each message whose conversation it belongs to, before anything is stored."""
    contacts = {lead.id: lead.contact_id for lead in cast.rows[Lead]}
    for message in cast.rows[Message]:
        message.contact_id = contacts[message.lead_id]


def add_replies(cast: Cast, histories: list[History]) -> None:
    """Begin a conversation with everybody who was written to, let some of them answer, and let strangers write."""
    _begin(cast)
    silent = [each for each in histories if each.contact.email and _has_mobile(each)]
    for exchange in EXCHANGES:
        wanted = _first(cast, silent, exchange)
        if wanted is not None:
            silent.remove(wanted)
            _tell(cast, wanted, exchange)
    for each in STRANGERS:
        db.session.add(
            Arrival(
                channel=each.channel, arrival_key=f"demo-{each.sender}".encode(), why="unknown_sender",
                sender=each.sender, sender_key=sender_key(each.channel, each.sender), sender_name=each.name,
                subject=each.subject, body=each.text, candidate_ids=[],
                received_at=cast.now - timedelta(hours=each.hours),
            )
        )  # fmt: skip
    db.session.flush()


def _begin(cast: Cast) -> None:
    newest = {message.contact_id: message for message in sorted(cast.rows[Message], key=lambda each: each.created_at)}
    owners = {lead.id: lead.owner_id for lead in cast.rows[Lead]}
    db.session.add_all(
        Conversation(
            contact_id=contact_id, lead_id=message.lead_id, state="done", owner_id=owners[message.lead_id],
            last_message_id=message.id, last_at=message.created_at, last_direction="out", unread_count=0,
        )
        for contact_id, message in newest.items()
    )  # fmt: skip
    db.session.flush()


def _has_mobile(history: History) -> bool:
    phone = phones.parse(history.contact.phone)
    return phone is not None and phone.kind == "mobile"


def _first(cast: Cast, silent: list[History], exchange: Exchange) -> History | None:
    """One of a stage who has stood there for long enough to have written all that, or else for the longest."""
    stage_id = cast.stages[exchange.stage].id
    there = sorted((each for each in silent if each.lead.stage_id == stage_id), key=_since, reverse=True)
    begun = cast.now - timedelta(hours=exchange.lines[0].hours) - _APART
    return next((each for each in there if _since(each) < begun), there[-1] if there else None)


def _since(history: History) -> datetime:
    return history.lead.stage_entered_at


def _tell(cast: Cast, history: History, exchange: Exchange) -> None:
    lead, conversation = history.lead, None
    at = _since(history)
    for line in exchange.lines:
        at = min(max(cast.now - timedelta(hours=line.hours), at + _APART), cast.now)
        message = _sent(cast, history, line, at) if line.direction == "out" else _received(history, line, at)
        conversation = conversations.conversation_of(message.contact_id)
    assert conversation is not None
    db.session.refresh(conversation)
    actor = Actor("person", cast.owner.id, cast.owner.name)
    if exchange.ends == "read":
        conversations.mark_read(conversation.id)
    elif exchange.ends == "done":
        conversations.close(conversation.id, actor)
    elif exchange.ends == "snoozed":
        conversations.snooze(conversation.id, cast.clock.next_open(cast.now + timedelta(days=9)), actor)
    elif exchange.ends == "mine":
        conversations.assign(conversation.id, cast.owner.id, actor)
    elif lead.owner_id is None:
        conversations.assign(conversation.id, None, actor)


def _received(history: History, line: Line, at: datetime) -> Message:
    is_email = line.channel == "email"
    return receive(
        history.lead, line.channel, sender=history.contact.email if is_email else history.contact.phone,
        subject="Re: Your window cleaning quote" if is_email else None, body=line.text, at=at,
        is_automatic=line.direction == "auto",
    )  # fmt: skip


def _sent(cast: Cast, history: History, line: Line, at: datetime) -> Message:
    lead, contact, is_email = history.lead, history.contact, line.channel == "email"
    message = Message(
        lead_id=lead.id, contact_id=contact.id, channel=line.channel, state="delivered",
        subject="Re: Your window cleaning quote" if is_email else None, body=line.text,
        recipient=contact.email if is_email else contact.phone, created_by=history.doer, created_at=at, sent_at=at,
        delivered_at=at, html=letter_html(line.text, cast.workspace) if is_email else None,
        provider="smtp" if is_email else "twilio",
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    conversations.note(message)
    note_contact(lead, line.channel, at=at)
    record_activity(
        lead, line.channel, "message.sent", Actor("person", history.doer), subject_id=message.id, at=at,
        body=message.subject or line.text, is_customer_visible=True,
        data={"message_id": str(message.id), "title": "", "error": None, "reason": ""},
    )  # fmt: skip
    return message
