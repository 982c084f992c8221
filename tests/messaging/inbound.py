"""Mails, texts and calls as they come in: written by hand, posted through the front door."""

import base64
import hashlib
import hmac
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from app.extensions import db
from app.messaging.services.hook_keys import hook_url
from tests.support.simulators import TWILIO_TOKEN

SAMPLES = Path(__file__).parent / "samples"
HANNAH = "hannah.cole@example.com"
HANNAHS_PHONE = "+447700900318"


def mail(
    body: str, *, sender: str = f"Hannah Cole <{HANNAH}>", subject: str = "Re: Your windows", **headers: str
) -> bytes:
    """A mail from a customer; `headers` are added by their names, underscores for dashes."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "office@example.com", subject
    letter["Message-ID"] = headers.pop("Message_ID", f"<{uuid4()}@mail.example.com>")
    letter["Date"] = "Tue, 01 Dec 2026 09:10:00 +0000"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(body)
    return letter.as_bytes()


def message_id_of(message: Any) -> str:
    """The Message-ID that a message of ours left with."""
    return f"<{message.id}@example.com>"


def sample(name: str, message: Any) -> bytes:
    """A report from tests/messaging/samples about a message of ours."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return text.replace("{message_id}", message_id_of(message)).replace("{recipient}", message.recipient).encode()


def post_mail(client: Any, raw: bytes, **more: Any) -> Any:
    """Hand a mail over as a mail service does."""
    path = _path("inbound")
    return client.post(path, data=raw, csrf=False, headers={"Content-Type": "message/rfc822"}, **more)


def post_twilio(
    client: Any, *, token: str = TWILIO_TOKEN, tampered: dict[str, str] | None = None, **fields: str
) -> Any:
    """Post signed fields to the workspace's hook, as Twilio does; `tampered` are changed after signing."""
    path = _path("webhook")
    signed = f"http://127.0.0.1:9{path}" + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    return client.post(path, data=fields | (tampered or {}), csrf=False, headers=headers)


def text(client: Any, body: str, *, sender: str = HANNAHS_PHONE, sid: str = "") -> Any:
    """A text from a customer."""
    fields = {"MessageSid": sid or f"SM{uuid4().hex}", "From": sender, "To": "+447700900000", "Body": body}
    return post_twilio(client, **fields, SmsStatus="received", NumMedia="0")


def call(client: Any, *, sender: str = HANNAHS_PHONE, status: str = "no-answer", sid: str = "") -> Any:
    """A call that ended."""
    fields = {"CallSid": sid or f"CA{uuid4().hex}", "From": sender, "To": "+447700900000", "CallStatus": status}
    return post_twilio(client, **fields, Direction="inbound")


def _path(kind: str) -> str:
    url = hook_url(kind)
    db.session.commit()
    assert url is not None
    return urlsplit(url).path
