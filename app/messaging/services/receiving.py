"""A customer's words on their lead: kept, judged, told, and the chase at rest, all in one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.activities.services import note_contact, record_activity
from app.core.access_keys import without_keys
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.mail_text import name_attached, split_attached, split_reply
from app.core.models import fixed
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment
from app.followups.queries.ways import DOUBTFUL, may_go_on_despite
from app.leads.models import Lead
from app.messaging.models import TRIAGE, Message
from app.messaging.services.composing import locked_message
from app.messaging.services.conversations import INBOX, note
from app.messaging.services.stop_words import asked_for, opt_out
from app.messaging.services.suppressing import is_address, suppress
from app.messaging.services.triage import Judgement, judge
from app.quotes.models import Quote

CUSTOMER = Actor("customer")


def receive(
    lead: Lead,
    channel: str,
    *,
    sender: str,
    subject: str | None,
    body: str,
    mail_id: str | None = None,
    is_automatic: bool = False,
    answers_id: UUID | None = None,
    at: datetime,
    actor: Actor = CUSTOMER,
) -> Message:
    """Keep a message from the lead's side, whose row the caller holds. `sender` is where an answer goes.

    Any reply is told as `reply.received`, which ends or rests the chase (app/reactions.py); a machine's is not. STOP
    and START are done at once. `actor` is the customer, or the member who put the message on this lead.
    """
    said, attached = split_attached(body)
    words = split_reply(said).new if channel == "email" else said.strip()
    quote = _held_quote(lead.id)
    judged = Judgement("automatic") if is_automatic else judge(words, len(quote.options) if quote else 0)
    before = latest_triage(lead.id)
    message = Message(
        lead_id=lead.id, contact_id=lead.contact_id, channel=channel, direction="in", state="received",
        recipient=sender, subject=subject or None, body=body, mail_id=mail_id or None, answers_id=answers_id,
        triage=judged.triage, created_at=at,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    conversation_id = note(message)
    if not is_automatic:
        note_contact(lead, channel, reached=False, at=at)
    record_activity(
        lead, channel, "message.received", actor, body=_told(words, attached) or _told(subject or "", ""), at=at,
        data={"message_id": str(message.id), "triage": judged.triage, "was": before, "rung": judged.rung},
        subject_id=message.id, is_customer_visible=True,
        topics=(INBOX, topic("conversation", conversation_id or message.id)),
    )  # fmt: skip
    if not is_automatic:
        _heed(lead, message, words, judged, quote, actor)
    return message


def take_in_question(lead: Lead, words: str, subject: str) -> Message | None:
    """Keep what a customer asked on a page of theirs as a message too, so that it waits in the inbox for an answer.

    The answer goes by email, else by text; None for a contact with neither. What else follows is the caller's to tell.
    """
    contact = lead.contact
    channel, sender = ("email", contact.email) if contact.email_sealed else ("sms", contact.phone)
    if not sender:
        return None
    message = Message(
        lead_id=lead.id, contact_id=lead.contact_id, channel=channel, direction="in", state="received",
        recipient=sender, subject=subject, body=words, triage="question", created_at=utcnow(),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    note(message)
    return message


def _told(words: str, attached: str) -> str:
    """What the timeline says: a reply may hold our links, and people read it who must not act in the customer's place.
    """
    told = without_keys(words[:10_000])
    return name_attached(told, (attached,) if attached else ())


def judge_again(message_id: UUID, triage: str, actor: Actor) -> Message:
    """Take a person's word for what a reply says; the timeline keeps what was thought before.

    Raises NotFound, or ValueError for what is no judgement or no reply.
    """
    message = locked_message(message_id)
    if triage not in TRIAGE or message.direction != "in" or message.lead_id is None:
        raise ValueError(triage)
    if message.triage == triage and message.triaged_by is not None:
        return message
    was, message.triage, message.triaged_by = message.triage, triage, actor.user_id
    lead = db.session.get_one(Lead, (message.workspace_id, message.lead_id))
    record_activity(
        lead, message.channel, "message.judged", actor, subject_id=message.id,
        data={"message_id": str(message.id), "triage": triage, "was": was}, topics=(INBOX,),
    )  # fmt: skip
    return message


def latest_triage(lead_id: UUID) -> str | None:
    """What the lead's newest reply says, a machine's left out; None without any. The newest wins."""
    return db.session.scalar(
        select(Message.triage)
        .where(
            Message.workspace_id == current_workspace_id(), Message.lead_id == lead_id,
            Message.direction == fixed("in"), Message.triage != fixed("automatic"),
        )
        .order_by(Message.created_at.desc())
        .limit(1)
    )  # fmt: skip


def leads_of_contact(contact_id: UUID) -> list[Lead]:
    """The contact's leads, the newest first, at most twenty."""
    query = select(Lead).where(Lead.workspace_id == current_workspace_id(), Lead.contact_id == contact_id)
    return list(db.session.scalars(query.order_by(Lead.created_at.desc()).limit(20)))


def tell_reply(lead_id: UUID, channel: str, triage: str, message_id: UUID | None, actor: Actor, **more: object) -> None:
    """Publish `reply.received` for a lead: whatever chases it stops or rests in this transaction."""
    data = {"channel": channel, "triage": triage, "message_id": str(message_id) if message_id else None, **more}
    publish(
        Event(
            "reply.received", current_workspace_id(), actor, "message", message_id or lead_id, lead_id=lead_id,
            data=data, topics=frozenset({INBOX}),
        )
    )  # fmt: skip


def _heed(lead: Lead, message: Message, words: str, judged: Judgement, quote: Quote | None, actor: Actor) -> None:
    """Do what the words ask for, and tell it; the chase of the contact's other leads rests too."""
    does = asked_for(message.channel, words)
    if does is not None and (addresses := _known_by(message, lead)):
        does(message.channel, addresses[0], leads_of_contact(lead.contact_id), actor)
        if does is opt_out and len(addresses) > 1:
            suppress(message.channel, addresses[1], "asked", source="reply")
    more: dict[str, object] = {"wants_out": judged.wants_out} if judged.wants_out else {}
    if judged.rung and quote:
        rung = quote.options[judged.rung - 1]
        more |= {"rung": judged.rung, "frequency": rung.frequency, "price_minor": rung.price_minor}
    tell_reply(lead.id, message.channel, judged.triage, message.id, actor, **more)
    for other_id in _also_chased(lead):
        tell_reply(other_id, message.channel, "unclear", message.id, actor, is_of_other_lead=True)


def _known_by(message: Message, lead: Lead) -> list[str]:
    """The addresses that such a word is about: the one that it came from and the one that got what it answers. Who ends
    our mails may do so from another address, even from one that we could not write to.
    """
    ours = db.session.get(Message, (message.workspace_id, message.answers_id)) if message.answers_id else None
    written_to = ours.recipient if ours is not None and ours.channel == message.channel else None
    named = [each for each in dict.fromkeys((message.recipient, written_to)) if is_address(message.channel, each)]
    contacts = lead.contact.email if message.channel == "email" else lead.contact.phone
    return named or [each for each in (contacts,) if is_address(message.channel, each)]


def _also_chased(lead: Lead) -> list[UUID]:
    """The contact's other leads with a sequence that is under way, unless it rests for such a reply already."""
    return list(
        db.session.scalars(
            select(Enrolment.lead_id)
            .join(Lead, (Lead.workspace_id == Enrolment.workspace_id) & (Lead.id == Enrolment.lead_id))
            .where(
                Lead.workspace_id == current_workspace_id(), Lead.contact_id == lead.contact_id, Lead.id != lead.id,
                may_go_on_despite(DOUBTFUL),
            )
            .distinct()
            .limit(20)
        )
    )  # fmt: skip


def _held_quote(lead_id: UUID) -> Quote | None:
    """The offer that the customer holds."""
    query = select(Quote).where(
        Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id, Quote.state == "sent",
        Quote.revoked_at.is_(None),
    )  # fmt: skip
    return db.session.scalars(query.order_by(Quote.version_no.desc()).limit(1)).first()
