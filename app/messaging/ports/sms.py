"""The port through which text messages leave."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.messaging.ports import Accepted


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """A text message ready to leave. `recipient` is E.164; `status_url` is where its fate is reported, if anywhere.

    `key` is the same for each hand-over that must have no second effect, and another when somebody sends it again.
    """

    message_id: UUID
    key: str
    recipient: str
    text: str
    status_url: str | None


class SmsTransport(Protocol):
    """A way for text messages to leave.

    `honours_our_id`: a second hand-over of the same message has no second effect. `reaches_real_phones`: what is
    handed over rings in somebody's pocket, so the numbers of film and drama must never be.
    """

    name: str
    honours_our_id: bool
    reaches_real_phones: bool

    def send(self, sms: OutgoingSms) -> Accepted:
        """Hand a text over, once. Raises Refused, NotSent or Unclear; never anything else. Takes up to 20 s."""
        ...
