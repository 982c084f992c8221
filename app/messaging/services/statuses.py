"""What Twilio reports about a text later on. Reports repeat and come out of order, so only steps forward count, and
what was said of one try says nothing of a text that somebody sends again.
"""

from uuid import UUID

from sqlalchemy import or_, select

from app.core.numbers import whole_number
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.services.hook_keys import HOOKS, hook_url, workspace_of_key
from app.messaging.services.outcomes import lead_of, mark_delivered, mark_failed, mark_sent
from app.messaging.services.stop_words import opt_out

HOOK = HOOKS["webhook"]
#: Statuses that prove that Twilio has the message (twilio.com/docs/messaging/api/message-resource).
_TAKEN = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
_OPTED_OUT = "21610"
#: States in which we do not know yet, or know less than a report tells.
_OPEN = ("queued", "sending", "uncertain")


def status_url(message_id: UUID) -> str | None:
    """Where Twilio is to report about a message, or None when it can't reach us."""
    url = hook_url("webhook")
    return f"{url}?message={message_id}" if url else None


def workspace_of_hook(key: str) -> UUID | None:
    """The workspace that a key of the hook stands for, or None."""
    return workspace_of_key("webhook", key)


def note_status(sid: str, status: str, error_code: str, message_id: UUID | None) -> None:
    """Take in one report. `message_id` is what we put into the address; an unknown message is passed over.

    A report about a message that we are uncertain of settles it: Twilio would not speak of what it does not have.
    """
    message = _message(sid, message_id)
    if message is None:
        return
    if message.state in _OPEN and status in (*_TAKEN, "delivered"):
        mark_sent(message, provider_id=sid)
    if status == "delivered" and message.state in ("sent", "failed"):
        mark_delivered(message)
    elif status in ("undelivered", "failed") and message.state in ("sending", "uncertain", "sent"):
        message.provider_id = sid
        number = whole_number(error_code)
        mark_failed(message, "undelivered" if number is None else f"twilio_{number}")
        if error_code == _OPTED_OUT:
            note_carriers_stop(message)


def note_carriers_stop(message: Message) -> None:
    """The carrier knows of a STOP that never reached us: heeded like one that did."""
    lead = lead_of(message)
    opt_out("sms", message.recipient, [lead] if lead else [], SYSTEM, source="provider", reason="opted_out")


def _message(sid: str, message_id: UUID | None) -> Message | None:
    query = select(Message).where(Message.workspace_id == current_workspace_id(), Message.channel == "sms")
    query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query.where(Message.provider_id == sid)).first()
    if found is not None:
        return None if found.state in _OPEN else found  # of an earlier try: this one has no name of its own yet
    if message_id is None:
        return None
    # The report overtook our own note of the answer, or that note was lost in a crash.
    nameless = or_(Message.provider_id.is_(None), Message.state.in_(_OPEN))
    found = db.session.scalars(query.where(Message.id == message_id, nameless)).first()
    if found is not None and found.state == "queued" and not _was_perhaps_taken(found):
        return None
    return found


def _was_perhaps_taken(message: Message) -> bool:
    """Whether nobody knows what became of its latest try."""
    query = select(DeliveryAttempt.outcome).where(
        DeliveryAttempt.workspace_id == message.workspace_id, DeliveryAttempt.message_id == message.id
    )
    return db.session.scalar(query.order_by(DeliveryAttempt.attempt.desc()).limit(1)) == "unclear"
