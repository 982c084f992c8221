"""Where answers to a mail are asked for: an address of the workspace's mailbox that says which mail is answered.

`office+k3jx…@firm.example` reaches office@firm.example wherever the mailbox takes such addresses (RFC 5233).
What follows the plus is the message's id under a keyed hash of ours, in letters that survive being lower-cased.
"""

import base64
import binascii
import hmac
from uuid import UUID

from app.core.access_keys import keyed_hash
from app.core.tenancy import current_workspace_id

_MARK = 4  # bytes; whoever guesses one puts a mail where a person sees at once that it does not belong
_LONGEST_LOCAL = 64  # RFC 5321, section 4.5.3.1.1


def answer_address(message_id: UUID, mailbox: str) -> str:
    """The address at which an answer to the message is asked for; the mailbox itself when its name is too long."""
    name, _, domain = mailbox.rpartition("@")
    local = f"{name}+{base64.b32encode(message_id.bytes + _mark(message_id)).decode().lower()}"
    return f"{local}@{domain}" if len(local) <= _LONGEST_LOCAL else mailbox


def read_answer_address(address: str) -> UUID | None:
    """The id of the message that a mail to this address answers, None for any address that we did not make."""
    tag = address.rpartition("@")[0].rpartition("+")[2]
    try:
        raw = base64.b32decode(tag.upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MARK:
        return None
    message_id = UUID(bytes=raw[:16])
    return message_id if hmac.compare_digest(raw[16:], _mark(message_id)) else None


def _mark(message_id: UUID) -> bytes:
    return keyed_hash("answer", f"{current_workspace_id().hex}{message_id.hex}")[:_MARK]
