"""Changing a message before it goes: held back while somebody writes, written anew, or left unsent for good."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.permissions import Actor
from app.core.sms_text import gsm_safe
from app.extensions import db
from app.messaging.models import Message
from app.messaging.queries.outbox import EDITABLE
from app.messaging.services.composing import SEND, locked_message, normal_recipient, one_line, send_again, tell
from app.messaging.services.letters import letter
from app.workspaces.queries import current_workspace

#: Nobody takes longer over a message; then it leaves as it was.
WHILE_WRITING = timedelta(minutes=15)
_TOO_LATE = "This message has left already, so it can't be changed."


def hold_back(message_id: UUID) -> Message:
    """Keep a message here while somebody changes it. Raises NotFound, or Conflict when it left."""
    message = _editable(message_id)
    if message.state == "queued" and not _put_off(message, WHILE_WRITING):
        raise Conflict(_TOO_LATE)
    return message


def rewrite(
    message_id: UUID, *, recipient: str, subject: str, body: str, seen: int, actor: Actor, hold: timedelta
) -> Message:
    """Give a message that has not left other words or another recipient, and send it, held back for `hold`.

    Raises NotFound, or Conflict when it left, or somebody else changed it since version `seen`.
    """
    message = _editable(message_id)
    if message.version != seen:
        raise Conflict("Someone else changed this message meanwhile. Look at it again.")
    was_waiting = message.state == "queued"
    if was_waiting and not _put_off(message, hold):
        raise Conflict(_TOO_LATE)
    text = body.strip()
    if message.channel == "sms":
        message.body = gsm_safe(text)
    elif text != message.body:
        message.body, message.html = letter(text, current_workspace())
    message.recipient, message.subject = (
        normal_recipient(message.channel, recipient),
        one_line(message.channel, subject),
    )
    if not was_waiting:
        send_again(message, hold=hold)
    db.session.flush()
    tell("message.rewritten", message, actor)
    return message


def leave_unsent(message_id: UUID, actor: Actor) -> Message:
    """Put a failed message aside: nobody needs to look at it again. Raises NotFound, or Conflict for any other."""
    message = locked_message(message_id)
    if message.state != "failed":
        raise Conflict("Only a message that failed can be left unsent.")
    message.state = "cancelled"
    db.session.flush()
    tell("message.left_unsent", message, actor)
    return message


def _editable(message_id: UUID) -> Message:
    message = locked_message(message_id)
    if message.state not in EDITABLE or message.lead_id is None:
        raise Conflict(_TOO_LATE)
    return message


def _put_off(message: Message, wait: timedelta) -> bool:
    """Let its work wait. False when a worker has it in hand."""
    item = outbox.OutboxItem
    done = db.session.execute(
        update(item)
        .where(
            item.workspace_id == message.workspace_id, item.subject_id == message.id, item.kind == SEND,
            item.state == "ready",
        )
        .values(run_at=utcnow() + wait)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return bool(done.rowcount)
