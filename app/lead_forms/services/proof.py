"""Proofs of work: the customer's device reckons a little while they type, so that sending costs a robot something.

Nobody is asked anything and nobody waits: the work begins with the first keystroke and takes a phone a second or two.
A challenge belongs to one page (its form token) and ends with it. A proof that was accepted is written down and counts
no second time. Who sends none, because no script ran, is not refused for it (see suspicion.py).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import altcha
from flask import current_app
from sqlalchemy import CTE, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.crypto import derive_key
from app.core.tenancy import current_workspace_id
from app.lead_forms.models import UsedChallenge
from app.lead_forms.services.tokens import LONGEST, FormToken

#: One try is that many rounds of SHA-256; one try in 256 succeeds. About 0.3 s on a desk, 1 to 3 s on an old phone,
#: and 1 ms to check.
ROUNDS = 2_000
_PREFIX = "00"
_LONGEST_PROOF = 2_000  # characters; ours have about 700
_SWEPT = 20


def challenge(form_id: UUID, token: FormToken) -> dict[str, Any]:
    """Work for the page with this token, as JSON can hold it."""
    made = altcha.create_challenge(
        "PBKDF2/SHA-256", ROUNDS, key_prefix=_PREFIX, expires_at=token.issued_at + LONGEST,
        data={"page": _page(token)}, hmac_secret=_secret(form_id),
    )  # fmt: skip
    return {"parameters": made.parameters.to_dict(), "signature": made.signature}


@dataclass(frozen=True, slots=True)
class Work:
    """Work that was done for a page; `key` stands for its challenge until it ends by itself."""

    form_id: UUID
    key: bytes
    expires_at: datetime


def check(form_id: UUID, token: FormToken, written: str) -> Work | None:
    """The work that `written` proves to be done for this very page, or None. Whether it counted before is seen when
    it is written down (`spending`).
    """
    if not written or len(written) > _LONGEST_PROOF:
        return None
    try:
        payload = altcha.Payload.from_base64(written)
        result = altcha.verify_solution(payload, _secret(form_id))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):  # whatever strangers put into it
        return None
    parameters = payload.challenge.parameters
    if not result.verified or (parameters.data or {}).get("page") != _page(token):
        return None
    key = hashlib.sha256(str(payload.challenge.signature).encode()).digest()
    return Work(form_id, key, token.issued_at + LONGEST)


def spending(work: Work) -> CTE:
    """A part of a statement that writes work down as used and forgets some whose time is over; it has no row when that
    work counted before.
    """
    here = current_workspace_id()
    primary_key = (UsedChallenge.workspace_id, UsedChallenge.form_id, UsedChallenge.challenge_key)
    over = (
        select(*primary_key)
        .where(UsedChallenge.workspace_id == here, UsedChallenge.expires_at < utcnow())
        .order_by(UsedChallenge.expires_at)
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    )
    swept = delete(UsedChallenge).where(tuple_(*primary_key).in_(over)).cte("swept")
    used = insert(UsedChallenge).values(
        workspace_id=here, form_id=work.form_id, challenge_key=work.key, expires_at=work.expires_at
    )
    return used.on_conflict_do_nothing().returning(UsedChallenge.challenge_key).add_cte(swept).cte("spent")


def _page(token: FormToken) -> str:
    return token.submission_key.hex()[:32]


def _secret(form_id: UUID) -> bytes:
    return derive_key(current_app.config["SECRET_KEY"].encode(), b"lead-form-proof", form_id.bytes)


def as_attribute(form_id: UUID, token: FormToken | None) -> str:
    """The work as the form's `data-proof` holds it; nothing for a page whose token is none of ours."""
    return json.dumps(challenge(form_id, token), separators=(",", ":")) if token else ""
