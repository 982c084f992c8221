"""The door for booking confirmations, signed by Standard Webhooks 1.0.0 (github.com/standard-webhooks)."""

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping
from datetime import date

import structlog
from flask import Response, make_response, request

from app.core import access_keys
from app.core.errors import Invalid, NotFound
from app.core.network import client_address
from app.core.permissions import Actor
from app.core.tenancy import Scope, enter
from app.extensions import csrf, db, limiter
from app.squeegee.models import SqueegeeAccount
from app.squeegee.services import Confirmation, take_news
from app.squeegee.views import bp

log = structlog.get_logger(__name__)
TOLERANCE_SECONDS = 300
_LONGEST_BODY = 16 * 1024
_LONGEST_TEXT = 100


@bp.post("/hooks/squeegee/<key>")
@csrf.exempt
@limiter.limit("120 per minute")
def hook(key: str) -> Response:
    """Take one confirmation: 204 when it was taken (or was before), 202 when it concerns nothing here.

    400 for what can't be read, 401 without a good and fresh signature, 404 for a key that opens no Squeegee account.
    """
    account = _account(key)
    body = request.get_data(cache=False) if (request.content_length or 0) <= _LONGEST_BODY else b""
    if not is_signed(account.webhook_secret or "", request.headers, body, time.time()):
        return make_response("", 401)
    try:
        confirmation = read_confirmation(request.headers["webhook-id"], body)
    except ValueError:
        return make_response("", 400)
    if confirmation is None:
        log.info("squeegee_confirmation_ignored", reason="unknown_type")
        return make_response("", 202)
    try:
        outcome = take_news("webhook", confirmation, Actor("system", name="Squeegee", address=client_address()))
    except Invalid:
        return make_response("", 400)
    return make_response("", 202 if outcome == "unknown" else 204)


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether one of the signatures is the secret's, over this body, from within TOLERANCE_SECONDS of `now`."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 0 < len(message_id) <= _LONGEST_TEXT or not (timestamp.isascii() and timestamp.isdecimal()):
        return False
    if len(timestamp) > 12 or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return False
    if not key:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    return any(hmac.compare_digest(expected, each) for each in given)


def read_confirmation(message_id: str, body: bytes) -> Confirmation | None:
    """The confirmation in a signed body; None for a message of another type. Raises ValueError for a broken one."""
    try:
        message = json.loads(body)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(message, dict):
        raise ValueError("not an object")
    if message.get("type") != "booking.confirmed":
        return None
    data = message.get("data")
    if not isinstance(data, dict):
        raise ValueError("no data")
    reference, day = _text(data, "reference"), _text(data, "first_service_date")
    if reference is None or day is None:
        raise ValueError("reference and first_service_date are needed")
    return Confirmation(
        message_id=message_id, reference=reference, first_service_date=date.fromisoformat(day),
        customer_id=_text(data, "customer_id"), job_id=_text(data, "job_id"),
    )  # fmt: skip


def _text(data: Mapping[str, object], name: str) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
        raise ValueError(name)
    return value


def _account(key: str) -> SqueegeeAccount:
    """The account behind the key, with its workspace entered. Raises NotFound, also for another webhook's key."""
    found = access_keys.find("webhook", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "all"))
    account = db.session.get(SqueegeeAccount, (found.workspace_id, found.target_id))
    if account is None:
        raise NotFound
    return account
