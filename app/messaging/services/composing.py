"""Messages from being written to being let go: composed, taken back, tried again, settled by a person."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update

from app.core import email_addresses, outbox, phones
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.models import fixed, one_among
from app.core.permissions import Actor
from app.core.sms_text import gsm_safe
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.services.conversations import note
from app.messaging.services.letters import letter, letter_html
from app.messaging.services.outcomes import mark_failed, mark_sent
from app.workspaces.queries import current_workspace

SEND = "message.send"


def compose(
    lead: Lead | None,
    channel: str,
    *,
    recipient: str,
    subject: str,
    body: str,
    actor: Actor,
    html: str | None = None,
    purpose: str = "service",
    template_key: str | None = None,
    template_version_no: int | None = None,
    created_by: UUID | None = None,
    resend_when_unsure: bool = False,
    answers_id: UUID | None = None,
    hold: timedelta = timedelta(),
) -> Message:
    """Write a message and the work of sending it, both in the running transaction.

    `hold` keeps it back for a while, so that it can be taken back. `resend_when_unsure` is for what must arrive even
    if it should arrive twice (invitations). `answers_id` is the message that this one answers. Whether it may be
    sent is judged at the moment of sending, not here. A mail that a person (`created_by`) types to a customer is read
    as Markdown; other mails without `html` are plain text.
    """
    now = utcnow()
    body = gsm_safe(body.strip()) if channel == "sms" else body.strip()
    if channel == "email" and html is None:
        is_typed = lead is not None and created_by is not None
        body, html = letter(body, current_workspace()) if is_typed else (body, letter_html(body, current_workspace()))
    message = Message(
        lead_id=lead.id if lead else None, contact_id=lead.contact_id if lead else None,
        channel=channel, purpose=purpose, state="queued",
        recipient=normal_recipient(channel, recipient), subject=one_line(channel, subject), body=body,
        html=html if channel == "email" else None, template_key=template_key,
        template_version_no=template_version_no, created_by=created_by,
        resend_when_unsure=resend_when_unsure, answers_id=answers_id, created_at=now,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    outbox.enqueue(SEND, message.id, run_at=now + hold)
    note(message)
    tell("message.queued", message, actor)
    return message


def unsend(message_id: UUID, actor: Actor) -> Message:
    """Take a message back before it leaves. Raises NotFound, or Conflict when it is too late.

    Its lead is held first, since what was taken back is no attempt on it (app/reactions.py).
    """
    _hold_leads_of([message_id])
    message = locked_message(message_id)
    if message.state != "queued":
        raise Conflict("This message has left already, so it can't be taken back.")
    _cancel([message], actor)
    return message


def unsend_waiting(message_ids: Sequence[UUID], actor: Actor) -> list[UUID]:
    """Take back those of the messages that still wait, their leads held first. Returns which, in order of their ids."""
    if not message_ids:
        return []
    _hold_leads_of(message_ids)
    # One that a worker has taken meanwhile is not waited for: the worker may wait for the lead, which is held here.
    waiting = list(locked_messages(message_ids, Message.state == fixed("queued")).values())
    _cancel(waiting, actor)
    return [message.id for message in waiting]


def _cancel(waiting: Sequence[Message], actor: Actor) -> None:
    for message in waiting:
        message.state = "cancelled"
    db.session.flush()
    outbox.cancel(SEND, [message.id for message in waiting])
    for message in waiting:
        tell("message.unsent", message, actor)


def send_after_all(message_id: UUID, actor: Actor) -> bool:
    """Send a message that was taken back, if that was not thought better of. Whether it leaves. Raises NotFound."""
    message = locked_message(message_id)
    if message.state != "cancelled":
        return False
    in_hand = select(outbox.OutboxItem.id).where(
        outbox.OutboxItem.workspace_id == message.workspace_id, outbox.OutboxItem.subject_id == message.id,
        outbox.OutboxItem.kind == SEND, outbox.OutboxItem.state == "leased",
    )  # fmt: skip
    if db.session.scalar(in_hand.limit(1)) is not None:
        message.state = "queued"  # whoever has its work waits for our lock, and has not seen that it was taken back
        db.session.flush()
    else:
        send_again(message)
    note(message)
    tell("message.queued", message, actor)
    return True


def retry(message_id: UUID, actor: Actor) -> Message:
    """Send a message again that failed or was refused. Raises NotFound, or Conflict for any other."""
    message = locked_message(message_id)
    if message.state not in ("failed", "refused"):
        raise Conflict("Only a message that was not sent can be sent again.")
    send_again(message)
    tell("message.queued", message, actor)
    return message


def settle_uncertain(message_id: UUID, actor: Actor, was_sent: bool) -> Message:
    """Take a person's word for whether an uncertain message arrived; if it did not, it is sent again.

    Raises NotFound, or Conflict when it is not uncertain any more.
    """
    message = locked_message(message_id)
    if message.state != "uncertain":
        raise Conflict("This message has been settled already.")
    if was_sent:
        mark_sent(message, actor=actor)
    else:
        mark_failed(message, "did_not_arrive", actor=actor)
        send_again(message)
        tell("message.queued", message, actor)
    return message


def _hold_leads_of(message_ids: Iterable[UUID]) -> None:
    of_message = and_(Message.workspace_id == Lead.workspace_id, Message.lead_id == Lead.id)
    db.session.execute(
        select(Lead.id)
        .join(Message, of_message)
        .where(Message.workspace_id == current_workspace_id(), Message.id == one_among(message_ids))
        .order_by(Lead.id)
        .with_for_update(of=Lead, key_share=True)
    )


def locked_message(message_id: UUID) -> Message:
    """The message as it stands now, locked until the commit. Raises NotFound."""
    query = select(Message).where(Message.workspace_id == current_workspace_id(), Message.id == message_id)
    return load_one(query, lock=True)


def locked_messages(message_ids: Iterable[UUID], *which: ColumnElement[bool]) -> dict[UUID, Message]:
    """Those of many that are still there, by id, each as `locked_message` gives it; locked in one order. Those of which
    not all of `which` holds are neither given nor waited for.
    """
    here = current_workspace_id()
    query = select(Message).where(Message.workspace_id == here, Message.id == one_among(message_ids), *which)
    query = query.order_by(Message.id).with_for_update().execution_options(populate_existing=True)
    return {message.id: message for message in db.session.scalars(query)}


def send_again(message: Message, *, hold: timedelta = timedelta()) -> None:
    """Queue a message anew that had come to its end, held back for `hold`, so that it can be taken back.

    Until its provider has a new name for it, it keeps the old one, by which late reports of the try before are known.
    """
    now = utcnow()
    hers = (DeliveryAttempt.workspace_id == message.workspace_id, DeliveryAttempt.message_id == message.id)
    # An attempt that never ended has been judged by a person now; it must not stop the next one.
    db.session.execute(
        update(DeliveryAttempt)
        .where(*hers, DeliveryAttempt.outcome == "begun")
        .values(outcome="unclear", finished_at=now)
        .execution_options(synchronize_session=False)
    )
    made = db.session.scalar(
        select(func.count())
        .select_from(outbox.OutboxItem)
        .where(
            outbox.OutboxItem.workspace_id == message.workspace_id,
            outbox.OutboxItem.subject_id == message.id,
            outbox.OutboxItem.kind == SEND,
        )
    )
    message.state, message.error = "queued", None
    db.session.flush()
    outbox.enqueue(SEND, message.id, dedupe_key=f"{message.id}/{made}", run_at=now + hold)


def one_line(channel: str, subject: str) -> str | None:
    """One line, or none: a text has no subject."""
    return (" ".join(subject.split()) or None) if channel == "email" else None


def normal_recipient(channel: str, recipient: str) -> str:
    """The address or number in the form that is kept; what is none stays as it was written."""
    if channel == "email":
        return email_addresses.parse(recipient) or recipient.strip()
    phone = phones.parse(recipient)
    return phone.e164 if phone else recipient.strip()


def tell(name: str, message: Message, actor: Actor) -> None:
    """Publish what was done with a message."""
    publish(
        Event(
            name, message.workspace_id, actor, "message", message.id, lead_id=message.lead_id,
            data={"channel": message.channel, "template_key": message.template_key}, topics=frozenset({"outbox"}),
        )
    )  # fmt: skip
