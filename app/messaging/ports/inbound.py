"""What comes in, whatever brought it: a mail by IMAP or webhook, a text or a missed call from the provider."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bounce:
    """A server's word that a mail did not arrive (RFC 3464).

    `action` is failed or delayed, `status` the enhanced code such as 5.1.1. `recipient` is the address it names, and
    `mail_ids` the Message-IDs it speaks of, the surest first.
    """

    action: str
    status: str
    recipient: str
    mail_ids: tuple[str, ...]
    is_complaint: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that came in.

    `key` is its provider's name for it, the same whenever it is brought again. `sender` is an address or a number as
    given, "" where it was hidden. `body` is its text as it came. `mail_id` and `mail_ids` are its own Message-ID and
    those it answers, the nearest first; `recipients` the addresses it was sent to. `is_automatic`: a machine wrote it;
    `is_bulk`: to many at once.
    """

    channel: str
    key: str
    sender: str
    body: str
    received_at: datetime
    sender_name: str = ""
    subject: str = ""
    mail_id: str = ""
    mail_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    is_automatic: bool = False
    is_bulk: bool = False
    bounce: Bounce | None = None
    #: Names of what was attached, which is not fetched.
    attached: tuple[str, ...] = field(default=())
