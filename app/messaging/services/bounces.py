"""Mails that came back: which message it was, whether its address is worth trying again, and who should know.

A report counts only if it names a message of ours by its Message-ID, which nobody can guess; what is suppressed is the
address that we wrote to, not the one that the report names (it may have been forwarded). A report without it makes the
newest mail to the named address a failure, and suppresses nothing: anybody could write one.
"""

from datetime import timedelta

from sqlalchemy import select

from app.contacts.models import Contact
from app.core import email_addresses
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.keyring import search_index
from app.core.models import fixed
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message
from app.messaging.ports.inbound import Bounce
from app.messaging.services.composing import locked_message
from app.messaging.services.matching import our_message_ids, sent_message
from app.messaging.services.outcomes import lead_of, mark_failed
from app.messaging.services.stop_words import opt_out
from app.messaging.services.suppressing import suppress

#: Enhanced codes that are final and yet say nothing against the address (RFC 3463, IANA registry): the sender's own
#: address, mailbox full, message too long, the system's own trouble, time that ran out, the content, and policy.
_NOT_THE_ADDRESS = ("5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.", "5.4.7", "5.6.", "5.7.")
_LATELY = timedelta(days=10)
_LEFT = ("sending", "sent", "delivered", "uncertain")


def take_bounce(bounce: Bounce) -> str:
    """Take a report in; what came of it, as a code: delayed, complaint, bounced (suppressed), failed, unplaced."""
    if bounce.action not in ("failed", "complaint"):
        return "delayed" if bounce.action == "delayed" else "report"
    named = sent_message(our_message_ids(bounce.mail_ids), to_leads=False)
    found = named or _newest_to(bounce.recipient)
    if found is None:
        return "unplaced"
    message = locked_message(found.id)
    if bounce.action == "complaint":
        return _complained(message) if named else "unplaced"
    is_final = named is not None and speaks_against_address(bounce.status)
    if is_final:
        suppress("email", message.recipient, "bounced", source="bounce")
    if message.state in _LEFT:
        mark_failed(message, _code(bounce.status, is_final), actor=SYSTEM)
        _tell(message, bounce.status, is_final)
    return "bounced" if is_final else "failed"


def speaks_against_address(status: str) -> bool:
    """Whether an enhanced status code (RFC 3463) says that mail to the address will never arrive."""
    return status.startswith("5.") and not status.startswith(_NOT_THE_ADDRESS)


def _complained(message: Message) -> str:
    """Its reader called it spam at their provider (RFC 5965): as good as asking for no more mails."""
    lead = lead_of(message)
    opt_out("email", message.recipient, [lead] if lead else [], SYSTEM)
    return "complaint"


def _newest_to(recipient: str) -> Message | None:
    """The newest mail to this address of the last days."""
    address = email_addresses.parse(recipient)
    if address is None:
        return None
    return db.session.scalars(
        select(Message)
        .join(Contact, (Contact.workspace_id == Message.workspace_id) & (Contact.id == Message.contact_id))
        .where(
            Contact.workspace_id == current_workspace_id(), Contact.email_key == search_index().exact("email", address),
            Message.channel == "email", Message.direction == fixed("out"), Message.created_at > utcnow() - _LATELY,
            Message.state.in_(_LEFT),
        )
        .order_by(Message.created_at.desc())
        .limit(1)
    ).first()  # fmt: skip


def _code(status: str, is_final: bool) -> str:
    if is_final:
        return "bounced"
    if status.startswith(("5.2.2", "4.2.2")):
        return "bounced_full"
    return "bounced_late" if status.startswith("4.") else "bounced_refused"


def _tell(message: Message, status: str, is_final: bool) -> None:
    publish(
        Event(
            "message.bounced", message.workspace_id, SYSTEM, "message", message.id, lead_id=message.lead_id,
            data={"channel": "email", "status": status, "is_final": is_final, "message_id": str(message.id)},
            topics=frozenset({"outbox"}),
        )
    )  # fmt: skip
