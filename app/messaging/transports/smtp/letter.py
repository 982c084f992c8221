"""A mail as it goes over the wire."""

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr
from typing import Any

from app.core.clock import utcnow
from app.core.email_addresses import domain
from app.messaging.ports.email import OutgoingEmail

#: Headers of addresses and Message-IDs, which machines read as they stand (RFC 2369, RFC 5322).
_AS_THEY_STAND = frozenset({"In-Reply-To", "References", "List-Unsubscribe"})


class _Wire(EmailPolicy):
    """How a mail is written down. The library would put a long address or Message-ID into encoded words, which no mail
    program reads there: answers would stand apart from what they answer, and there would be no way out. And of a long
    name it would forget the quotes: what stands between its commas would be senders of their own. Nor does it part
    words in ASCII and others by one space alone where a line ends between them.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "From":
            return f"{name}: {self._mailbox(*value.addresses)}{self.linesep}".encode()
        if name == "Subject" and not value.isascii():
            return f"{name}: {self._encoded(name, value)}{self.linesep}".encode()
        if name not in _AS_THEY_STAND:
            return super().fold_binary(name, value)
        return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}".encode()

    def _mailbox(self, address: Address) -> str:
        name = address.display_name
        if name.isascii() and name.isprintable() and "=?" not in name:
            return formataddr((name, address.addr_spec))
        return f"{self._encoded('From', name)} <{address.addr_spec}>"

    def _encoded(self, header: str, words: str) -> str:
        return Header(str(words), "utf-8", header_name=header).encode(linesep=self.linesep)


_WIRE = _Wire(linesep=SMTP.linesep)


def as_sent(letter: EmailMessage) -> bytes:
    """A mail as its server is given it."""
    return letter.as_bytes(policy=_WIRE)


def make_letter(email: OutgoingEmail, sender: str) -> EmailMessage:
    """A text part and an HTML part under headers. Raises ValueError for a line break in a header.

    The Message-ID is made of our message's id, the same at every attempt, so that a server that looks at it
    drops a repeat.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(display_name=email.sender_name, addr_spec=sender)
    letter["To"] = Address(addr_spec=email.recipient)
    letter["Subject"] = email.subject
    letter["Date"] = format_datetime(utcnow())
    letter["Message-ID"] = f"<{email.message_id}@{domain(sender)}>"
    if email.reply_to:
        letter["Reply-To"] = Address(addr_spec=email.reply_to)
    if email.answers:
        letter["In-Reply-To"] = email.answers[-1]
        letter["References"] = " ".join(email.answers)
    if email.automatic:
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5
    if email.unsubscribe_url:
        letter["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    # Quoted-printable: no line is too long for SMTP and no server needs 8BITMIME.
    letter.set_content(email.text, cte="quoted-printable")
    letter.add_alternative(email.html, subtype="html", cte="quoted-printable")
    letter.set_boundary(f"part-{email.message_id}")
    return letter
