"""Mail by SMTP (RFC 5321), told apart step by step, since after the last dot nobody knows without an answer."""

import re
import smtplib

from app.messaging.ports import Accepted, NotSent, Refused, TransportError, Unclear
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.settings import SmtpSettings
from app.messaging.transports.smtp.connection import Connection
from app.messaging.transports.smtp.letter import as_sent, make_letter

#: A line that begins with a dot gets another one (RFC 5321, section 4.5.2).
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpTransport:
    """A mail server. Connections are kept open for a short while and used again, each by one thread at a time."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings, *, allow_private: bool = False) -> None:
        """`allow_private` admits a server in a network of our own: for those that the operator has set."""
        self.honours_our_id = settings.honours_message_id
        self.server = f"{settings.host}:{settings.port} {settings.username}"
        self._sender = settings.sender
        self._make = lambda: Connection(settings, allow_private)
        self._idle: list[Connection] = []  # the one used last at the end

    def send(self, email: OutgoingEmail) -> Accepted:
        """Hand a mail over. Raises Refused, NotSent or Unclear."""
        try:
            letter = make_letter(email, self._sender)
            content = as_sent(letter)
        except ValueError:  # a line break where a header must have none
            raise Refused("bad_header") from None
        try:
            link = self._idle.pop()
        except IndexError:
            link = self._make()
        try:
            self._hand_over(link, email.recipient, content)
        except BaseException:
            link.drop()
            raise
        finally:
            self._idle.append(link)
        return Accepted(str(letter["Message-ID"]))

    def _hand_over(self, link: Connection, recipient: str, content: bytes) -> None:
        try:
            mail, to, data = link.envelope(self._sender, recipient)
            _expect(mail, 250)
            _expect(to, 250, 251)
            _expect(data, 354)
            link.write(_LEADING_DOT.sub(b"..", content))
        except TransportError:
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotSent(_broken(error)) from None
        try:
            code = link.end_of_data()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Unclear(_broken(error)) from None
        _expect(code, 250)


def _expect(code: int, *wanted: int) -> None:
    """A reply other than the wanted: 4yz is a no for now, everything else a no for good."""
    if code in wanted:
        return
    if 400 <= code < 500:
        raise NotSent(f"smtp_{code}")
    raise Refused(f"smtp_{code}")


def _broken(error: Exception) -> str:
    return "smtp_timeout" if isinstance(error, TimeoutError) else "smtp_connection"
