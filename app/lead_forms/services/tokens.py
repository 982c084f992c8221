"""Signed tokens of the public form. They replace the cookie that these pages never set.

A form token says for which form a page was made, and when; its random number makes a second sending of the same page
recognisable. A result token tells the thank-you page what to say. Neither holds customer data.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.core.clock import utcnow

LONGEST = timedelta(hours=24)
_CLOCKS_MAY_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FormToken:
    """A token that was made here for this form and is still young enough."""

    number: str
    issued_at: datetime

    @property
    def submission_key(self) -> bytes:
        """What makes a second sending of the same page find the first."""
        return hashlib.sha256(self.number.encode()).digest()

    def age(self, now: datetime) -> timedelta:
        """How long ago the page was made."""
        return max(now - self.issued_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Result:
    """What the thank-you page says: the lead's number (none for a sending in quarantine), and whether we go there."""

    number: str | None
    in_area: bool


def issue(form_id: UUID, at: datetime | None = None) -> str:
    """Return a fresh token for a page of this form, made now or at `at`."""
    moment = int((at or utcnow()).timestamp() * 1000)
    return _signer("token").dumps([form_id.hex, moment, secrets.token_urlsafe(12)])


def read(form_id: UUID, text: str, *, however_old: bool = False) -> FormToken | None:
    """Return what a token says; None when it is forged, of another form, from the future or, unless `however_old`, too
    old.
    """
    values = _loaded("token", text)
    if values is None or len(values) != 3 or values[0] != form_id.hex:
        return None
    issued_at = datetime.fromtimestamp(values[1] / 1000, UTC)
    now = utcnow()
    if (now - issued_at > LONGEST and not however_old) or issued_at - now > _CLOCKS_MAY_DIFFER:
        return None
    return FormToken(values[2], issued_at)


def result_token(form_id: UUID, result: Result) -> str:
    """Return the token for the address of the thank-you page."""
    return _signer("result").dumps([form_id.hex, result.number, result.in_area])


def read_result(form_id: UUID, text: str) -> Result | None:
    """Return what the thank-you page is to say; None when the token is not ours."""
    values = _loaded("result", text)
    if values is None or len(values) != 3 or values[0] != form_id.hex:
        return None
    return Result(values[1], values[2])


def _loaded(kind: str, text: str) -> list | None:
    try:
        values = _signer(kind).loads(text)
    except BadData:
        return None
    return values if isinstance(values, list) else None


def _signer(kind: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt=f"lead-form-{kind}", signer_kwargs={"digest_method": hashlib.sha256}
    )
