"""What a transport answers when it is handed a message. One question matters: may it be handed over again?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message. `provider_id` is its name for it, if it gives one."""

    provider_id: str | None = None


class TransportError(Exception):
    """The provider did not say yes. `code` is short and holds no customer data, such as smtp_550."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(TransportError):
    """The provider said no, for good: trying again would get the same answer."""


class NotSent(TransportError):
    """The provider certainly does not have it (no connection, a temporary no): it may be handed over again."""


class Unclear(TransportError):
    """It was handed over and no clear answer came back: the provider may have it or not."""
