"""Browsers that have signed in to an account before. They get a counter of failures of their own."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import KnownDevice
from app.core.clock import utcnow
from app.extensions import db

#: How long a browser stays known after its last sign-in (`created_at` moves with each).
DEVICE_LIFE = timedelta(days=365)


def remember_device(user_id: UUID, token: str | None) -> str:
    """Note that a browser signed in to an account. Returns the token its cookie shall hold: its own, or a new one."""
    token = token if token and len(token) >= 43 else secrets.token_urlsafe(32)
    row = insert(KnownDevice).values(token_hash=device_hash(user_id, token), user_id=user_id, created_at=utcnow())
    db.session.execute(
        row.values(sign_ins=1).on_conflict_do_update(
            index_elements=[KnownDevice.token_hash], set_={"sign_ins": KnownDevice.sign_ins + 1, "created_at": utcnow()}
        )
    )
    return token


def is_known(user_id: UUID, token: str | None) -> bool:
    """Whether this browser has signed in to the account within the last year."""
    query = select(KnownDevice.user_id).where(
        KnownDevice.token_hash == device_hash(user_id, token or ""), KnownDevice.created_at > utcnow() - DEVICE_LIFE
    )
    return db.session.execute(query).first() is not None and bool(token)


def device_hashes(user_id: UUID) -> list[bytes]:
    """What is stored of every browser that was ever known to the account."""
    return list(db.session.scalars(select(KnownDevice.token_hash).where(KnownDevice.user_id == user_id)))


def device_hash(user_id: UUID, token: str) -> bytes:
    """What is stored: one cookie serves several accounts of a shared computer, with a row for each."""
    return hashlib.sha256(user_id.bytes + token.encode()).digest()
