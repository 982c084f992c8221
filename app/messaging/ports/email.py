"""The port through which mail leaves."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.messaging.ports import Accepted


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """A mail ready to leave. `message_id` is our message's id: the same one at every attempt.

    `automatic` tells the receiving server that nobody typed it, so that holiday notices are not sent back.
    `unsubscribe_url` is the way out of mails like this one, by one POST (RFC 8058); None where there is none.
    `answers` are the Message-IDs of the thread that it goes on with, the answered one last.
    """

    message_id: UUID
    sender_name: str
    reply_to: str
    recipient: str
    subject: str
    text: str
    html: str
    automatic: bool
    unsubscribe_url: str | None = None
    answers: tuple[str, ...] = ()


class EmailTransport(Protocol):
    """A way for mail to leave. `honours_our_id`: a second hand-over of the same message has no second effect."""

    name: str
    honours_our_id: bool

    def send(self, email: OutgoingEmail) -> Accepted:
        """Hand a mail over, once. Raises Refused, NotSent or Unclear; never anything else. Takes up to 15 s."""
        ...
