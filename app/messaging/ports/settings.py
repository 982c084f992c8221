"""What a transport or a mailbox must be told to be reached. All of it fits into JSON; secrets are never shown."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

#: How a connection is secured: TLS from the first byte, TLS after STARTTLS, or not at all (this machine only).
SECURITY = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all of them share."""

    #: The fields that are secret, and the ones that say to whom those secrets are told.
    SECRETS: ClassVar[tuple[str, ...]] = ()
    TOLD_TO: ClassVar[tuple[str, ...]] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data, secrets among it: to be sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The reverse; what is not known any more is passed over."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings(Settings):
    """A mail server that takes mail from us. `sender` is the address in From.

    `honours_message_id`: the server drops a second mail of the same Message-ID.
    """

    SECRETS = ("password",)
    TOLD_TO = ("host", "port", "security", "username")

    host: str
    port: int
    security: str
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str
    honours_message_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings(Settings):
    """An account at Twilio. `sender` is a number, a name or the id of a messaging service (MG…)."""

    SECRETS = ("auth_token",)
    TOLD_TO = ("account_sid",)

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings(Settings):
    """Any service that takes a text by one HTTP request.

    `url` and `body` may hold {to}, {digits} (the number without its plus), {text} and {id}, written as the kind of
    body (`json`, `form`, `plain`) needs it. Taken is what is answered with 2xx and, if `success` is not blank, that
    text in the answer. `honours_id`: a second request of the same {id} sends nothing.
    """

    SECRETS = ("headers",)
    TOLD_TO = ("url",)

    url: str
    method: str = "POST"
    kind: str = "json"
    headers: str = field(default="", repr=False)
    body: str = ""
    success: str = ""
    honours_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings(Settings):
    """A mailbox that answers come into, read by IMAP.

    `address` is the mailbox's own; with `takes_plus` mail to name+anything@… reaches it too, and our mails ask for
    their answers at such an address.
    """

    SECRETS = ("password",)
    TOLD_TO = ("host", "port", "security", "username")

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    address: str = ""
    takes_plus: bool = False


#: (channel, kind) -> the form of its settings.
KINDS: dict[tuple[str, str], type[Settings]] = {
    ("email", "smtp"): SmtpSettings,
    ("sms", "twilio"): TwilioSettings,
    ("sms", "gateway"): GatewaySettings,
    ("inbox", "imap"): InboxSettings,
}
