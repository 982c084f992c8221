"""The booking-confirmed message to Sill, signed by Standard Webhooks 1.0.0 (github.com/standard-webhooks)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from simulators import posting


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The webhook-signature header. `secret` is whsec_ and base64; raises ValueError when it is not."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("the secret must be whsec_ followed by base64") from None
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(url: str, secret: str, data: dict[str, Any], webhook_id: str | None = None) -> tuple[str, str]:
    """Post the confirmation once; returns the message's id and the outcome in words ("204", "no answer")."""
    webhook_id = webhook_id or f"msg_{uuid4().hex}"
    body = json.dumps({"type": "booking.confirmed", "data": data}).encode()
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, webhook_id, timestamp, body),
    }
    return webhook_id, posting.post(url, body, headers)
