"""The address that answers are asked for at: a mailbox that takes plus-addresses gets one for each message.

`office+r.<token>@example.com`: the token is the message's id and our mark on it, so that an answer finds its lead even
from another address and without the headers of threading. Base 32 in lower case: mail programs change cases.
"""

import base64
import binascii
import hmac
from uuid import UUID

from app.core.access_keys import keyed_hash
from app.messaging.models import Message

_SIGN = "+r."
_MARK = 8  # bytes: who guesses for ever gets a mail put on a lead, no more
_LONGEST_LOCAL_PART = 64  # RFC 5321, section 4.5.3.1.1


def reply_address(mailbox: str, message: Message) -> str:
    """Where the answer to `message` is to go, made of the mailbox's own address; that one where there is no room."""
    local, _, domain = mailbox.rpartition("@")
    token = base64.b32encode(message.id.bytes + _mark(message.workspace_id, message.id)).decode().rstrip("=").lower()
    tagged = f"{local.partition('+')[0]}{_SIGN}{token}"
    return f"{tagged}@{domain}" if local and len(tagged) <= _LONGEST_LOCAL_PART else mailbox


def answered_message_id(address: str, workspace_id: UUID) -> UUID | None:
    """The id of the message whose answers go to this address; None for any other address, or another workspace's."""
    local = address.rpartition("@")[0].lower()
    _, sign, token = local.rpartition(_SIGN)
    if not sign:
        return None
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MARK:
        return None
    message_id = UUID(bytes=raw[:16])
    return message_id if hmac.compare_digest(raw[16:], _mark(workspace_id, message_id)) else None


def _mark(workspace_id: UUID, message_id: UUID) -> bytes:
    return keyed_hash("reply", f"{workspace_id}/{message_id}")[:_MARK]
