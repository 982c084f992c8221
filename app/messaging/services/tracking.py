"""Whether a mail was opened and a link in it followed, where the workspace has switched that on.

What stands in the mail is signed and says which message it belongs to. A followed link leads to an address of our own
that stands in that very mail, and nowhere else. What machines fetch by themselves is left out as far as it can be told.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from uuid import UUID

from flask import current_app
from markupsafe import Markup
from sqlalchemy import select

from app.core.access_keys import keyed_hash
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message

_MARK = 12  # bytes
_MOST_LINKS = 250
_HREF = re.compile(r'(<a\s[^>]*?href=")([^"]+)(")', re.IGNORECASE)
#: Scanners of the receiving side fetch what is in a mail before its reader can have seen it.
_TOO_SOON = timedelta(seconds=8)
_MACHINES = re.compile(
    r"bot\b|crawl|spider|scan|preview|proofpoint|mimecast|barracuda|safelinks|urldefense|symantec|headless|python|curl"
    r"|wget|java/|go-http|okhttp|^mozilla/5\.0$|^$",
    re.IGNORECASE,
)
_OPEN = 255  # stands for the picture where the number of a link stands otherwise


@dataclass(frozen=True, slots=True)
class Trace:
    """What a mark in a mail is about: a message, and the number of the link, None for the picture."""

    workspace_id: UUID
    message_id: UUID
    link: int | None


def tracked(message: Message, html: str) -> str:
    """The HTML of a mail with links to our own pages led past us, and with the picture that tells of its opening."""
    number = -1

    def led_past(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        if number >= _MOST_LINKS or not _is_ours(unescape(match[2])):
            return match[0]
        return f"{match[1]}{_url('t', message, number)}{match[3]}"

    html = _HREF.sub(led_past, html)
    picture = Markup('<img src="{}" width="1" height="1" alt="">').format(f"{_url('o', message, _OPEN)}.gif")
    before, end, after = html.rpartition("</body>")
    return f"{before}{picture}{end}{after}" if end else f"{html}{picture}"


def read_trace(token: str) -> Trace | None:
    """What a mark is about, None for one that we did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    named, mark = raw[:33], raw[33:]
    if len(named) != 33 or not hmac.compare_digest(mark, _mark(named)):
        return None
    return Trace(UUID(bytes=named[:16]), UUID(bytes=named[16:32]), None if named[32] == _OPEN else named[32])


def target_of(trace: Trace) -> str | None:
    """Where the followed link leads: an address of ours that stands in the mail; None when that is there no more."""
    try:
        html = _message(trace.message_id).html or ""
    except NotFound:
        return None
    links = [unescape(match[2]) for match in _HREF.finditer(html)]
    found = links[trace.link] if trace.link is not None and trace.link < len(links) else None
    return found if found and _is_ours(found) else None


def note_trace(trace: Trace, headers: Mapping[str, str]) -> None:
    """Note the first time a mail is opened or a link in it followed. A machine's visit changes nothing."""
    if is_machine(headers):
        return
    try:
        message = _message(trace.message_id, lock=True)
    except NotFound:
        return
    now = utcnow()
    if message.sent_at is None or now < message.sent_at + _TOO_SOON:
        return
    if trace.link is not None and message.clicked_at is None:
        message.clicked_at = now
        _tell("message.clicked", message)
    if message.opened_at is None:
        message.opened_at = now
        _tell("message.opened", message)


def is_machine(headers: Mapping[str, str]) -> bool:
    """Whether nobody looks: a fetch ahead, a scanner, or a relay that fetches every picture for everyone."""
    ahead = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return "prefetch" in ahead.lower() or "preview" in ahead.lower() or bool(
        _MACHINES.search(headers.get("User-Agent", "").strip())
    )  # fmt: skip


def _message(message_id: UUID, *, lock: bool = False) -> Message:
    query = select(Message).where(Message.workspace_id == current_workspace_id(), Message.id == message_id)
    return load_one(query, lock=lock)


def _is_ours(url: str) -> bool:
    return url.startswith(f"{current_app.config['PUBLIC_URL']}/")


def _url(kind: str, message: Message, number: int) -> str:
    named = message.workspace_id.bytes + message.id.bytes + bytes((number,))
    token = base64.urlsafe_b64encode(named + _mark(named)).decode().rstrip("=")
    return f"{current_app.config['PUBLIC_URL']}/{kind}/{token}"


def _mark(named: bytes) -> bytes:
    return keyed_hash("trace", named.hex())[:_MARK]


def _tell(name: str, message: Message) -> None:
    db.session.flush()
    event = Event(
        name, message.workspace_id, Actor("customer"), "message", message.id, lead_id=message.lead_id,
        data={"channel": message.channel}, topics=frozenset({"outbox"}),
    )  # fmt: skip
    publish(event)
