"""A stored mail as a person sees it: its headers, text, HTML part and links."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from markupsafe import Markup, escape

LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True)
class Letter:
    """One mail for one recipient. `html` is as it came: show it only in a sandbox."""

    number: int
    at: str
    message_id: str | None
    recipient: str
    sender: str
    subject: str
    text: str
    html: str
    headers: list[tuple[str, str]]
    attachments: list[tuple[str, int]]

    @property
    def links(self) -> list[str]:
        """The addresses in the text and in the HTML part's href, each once, in their order."""
        hrefs = [link.replace("&amp;", "&") for link in re.findall(r'href="(https?://[^"]+)"', self.html)]
        return list(dict.fromkeys(LINK.findall(self.text) + hrefs))

    def as_data(self) -> dict[str, Any]:
        """For `/_messages`."""
        return {**self.__dict__, "headers": dict(self.headers), "links": self.links}


def read(row: dict[str, Any]) -> Letter:
    """Parse a row of `mails`. A part that cannot be decoded comes out as empty text, never as an error."""
    message = message_from_bytes(row["raw"], policy=policy.default)
    headers = [(name, " ".join(str(value).split())) for name, value in message.items()]
    named = {name.lower(): value for name, value in headers}
    return Letter(
        number=row["number"],
        at=row["at"],
        message_id=row["message_id"],
        recipient=row["recipient"],
        sender=named.get("from", row["sender"]),
        subject=named.get("subject", "") or "(no subject)",
        text=_content(message, "plain"),
        html=_content(message, "html"),
        headers=headers,
        attachments=[
            (part.get_filename() or part.get_content_type(), _size(part)) for part in _attached(message)
        ],
    )


def linked(text: str) -> Markup:
    """Plain text with its addresses made into links that open in a new window."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        address = escape(match.group())
        link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(address)
        pieces += [escape(text[end : match.start()]), link]
        end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _content(message: Any, kind: str) -> str:
    try:
        part = message.get_body(preferencelist=(kind,))
        return part.get_content() if part is not None else ""
    except (LookupError, ValueError, AttributeError, KeyError):
        return ""


def _attached(message: Any) -> list[EmailMessage]:
    try:
        return list(message.iter_attachments())
    except (AttributeError, TypeError):
        return []


def _size(part: EmailMessage) -> int:
    return len(part.get_payload(decode=True) or b"")
