"""The way out that mails carry: one click, no sign-in, nothing to fill in (RFC 8058).

The link says which message it came with, under a keyed hash of ours. It needs no table, so that it works for as long
as the mail lies in somebody's box.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.core.access_keys import keyed_hash
from app.core.errors import NotFound
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.leads.services import get_lead
from app.messaging.models import Message
from app.messaging.services.opt_outs import leads_at
from app.messaging.services.suppressing import address_key, suppress
from app.messaging.services.wishes import keep_wishes

_MARK = 16  # bytes: 128 bits can't be guessed


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a link is about: a message of a workspace."""

    workspace_id: UUID
    message_id: UUID


def carries_way_out(message: Message) -> bool:
    """Whether a mail goes out by itself or advertises, so that its reader may want no more of them."""
    return bool(
        message.channel == "email" and message.lead_id and (message.purpose == "marketing" or not message.created_by)
    )


def unsubscribe_url(message: Message) -> str:
    """The address for the header and the foot of the mail."""
    named = message.workspace_id.bytes + message.id.bytes
    token = base64.urlsafe_b64encode(named + _mark(named)).decode().rstrip("=")
    return f"{current_app.config['PUBLIC_URL']}/u/{token}"


def read_way_out(token: str) -> WayOut | None:
    """What a link is about, None for one that we did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    named, mark = raw[:32], raw[32:]
    if len(named) != 32 or not hmac.compare_digest(mark, _mark(named)):
        return None
    return WayOut(UUID(bytes=named[:16]), UUID(bytes=named[16:]))


def purpose_of(message_id: UUID) -> str:
    """What the message was for: service or marketing. Raises NotFound when it was erased with its lead."""
    return _message(message_id).purpose


def unsubscribe(message_id: UUID, actor: Actor) -> str:
    """Stop mails like this message: advertising by email, or every email where it was none. Returns its purpose.

    It is the address's owner who asks, so everybody whom we keep under that address gets no more advertising. Who has
    another one by now may have been written to at a stranger's by mistake: service messages to that other one go on.
    Once more changes nothing. Raises NotFound when the message was erased: nothing is kept then to write to.
    """
    message = _message(message_id)
    if message.lead_id is None:
        raise NotFound
    purposes = ("marketing",) if message.purpose == "marketing" else ("service", "marketing")
    lead, key = get_lead(message.lead_id, lock=True), address_key("email", message.recipient)
    is_theirs = lead.contact.email_key == key or message.purpose == "marketing"
    leads = [*([lead] if is_theirs else []), *leads_at("email", key)]
    for lead in {each.contact_id: each for each in reversed(leads)}.values():
        keep_wishes(lead, {("email", purpose): False for purpose in purposes}, actor, source="one_click")
    if message.purpose != "marketing":
        # The address that got it, which may not be the contact's any more.
        suppress("email", message.recipient, "unsubscribed")
    return message.purpose


def _message(message_id: UUID) -> Message:
    return load_one(select(Message).where(Message.workspace_id == current_workspace_id(), Message.id == message_id))


def _mark(named: bytes) -> bytes:
    return keyed_hash("unsubscribe", named.hex())[:_MARK]
