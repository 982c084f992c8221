"""What must be found before the workspace is known: one narrow table of hashed keys.

It answers only (workspace, kind, id). Slugs, form keys, customers' links and invitations live here; none of them
is customer data, and secrets are kept as keyed hashes.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import LargeBinary, Text, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.models import created_moment, fixed, moment, one_of
from app.extensions import db

KINDS = ("slug", "form", "quote", "invitation", "webhook", "photos", "inbound")


class AccessKey(db.Model):
    """A hashed key and what it opens. Global on purpose: the workspace is what it finds."""

    __tablename__ = "access_keys"
    __table_args__ = (
        one_of("kind", KINDS),
        db.Index("ix_access_keys_target", "workspace_id", "target_id"),
        db.Index("ix_access_keys_slug", "workspace_id", postgresql_where=text("kind = 'slug'")),
    )

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    workspace_id: Mapped[UUID]
    target_id: Mapped[UUID]
    expires_at: Mapped[datetime | None] = moment(nullable=True)
    created_at: Mapped[datetime] = created_moment()


def _in_links(path: str) -> re.Pattern[str]:
    """A key behind a path. Mail filters write our links into links of their own, whose slashes are %2F (Outlook), or
    _ (Proofpoint), and whoever answers quotes those.
    """
    return re.compile(f"({path.replace('/', '(?:/|%(?:25)*2[Ff]|_)')})[\\w-]{{20,}}", re.ASCII)


#: Where a key stands in the links that are mailed and texted, by kind. A mail that is answered may also quote the link
#: that leads on to the offer (/t/) and the one that ends all mails (/u/): they are the customer's as well.
_IN_LINKS = {
    "invitation": _in_links("/invite/"), "password": _in_links("/password/new/"), "quote": _in_links("/[ctu]/"),
    "photos": _in_links("/p/"),
}  # fmt: skip


#: Kinds of keys that were mailed to somebody for themselves alone: nobody on the desk reads one, whatever they may do.
PERSONAL = ("invitation", "password")


@dataclass(frozen=True, slots=True)
class Found:
    """What a key opens."""

    workspace_id: UUID
    target_id: UUID


def new_secret() -> str:
    """An unguessable key of 192 bits for a link."""
    return secrets.token_urlsafe(24)


def keyed_hash(kind: str, key: str) -> bytes:
    """The hash a key is stored under: HMAC-SHA256 with the installation's pepper, apart for each kind."""
    pepper: bytes = current_app.extensions["index_pepper"]
    return hmac.new(pepper, f"{kind}\0{key}".encode(), hashlib.sha256).digest()


def register(kind: str, key: str, workspace_id: UUID, target_id: UUID, expires_at: datetime | None = None) -> None:
    """Make `key` open `target_id`. A key that is taken raises IntegrityError at the flush."""
    db.session.add(
        AccessKey(
            key_hash=keyed_hash(kind, key), kind=kind, workspace_id=workspace_id, target_id=target_id,
            expires_at=expires_at,
        )
    )  # fmt: skip


def find(kind: str, key: str) -> Found | None:
    """What a key of this kind opens, or None when it is unknown, revoked or expired."""
    row = db.session.execute(
        select(AccessKey.workspace_id, AccessKey.target_id, AccessKey.expires_at).where(
            AccessKey.key_hash == keyed_hash(kind, key), AccessKey.kind == kind
        )
    ).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= utcnow()):
        return None
    return Found(row.workspace_id, row.target_id)


def without_keys(text: str, *kinds: str) -> str:
    """`text` with the keys of these kinds taken out of its links: of all that open something, where none is named.

    A link is its reader's whole authority: whoever reads it on the desk could act as the person it was sent to.
    """
    for kind in kinds or _IN_LINKS:
        text = _IN_LINKS[kind].sub(r"\1…", text)
    return text


def workspaces_after(before: UUID | None, most: int) -> list[UUID]:
    """Up to `most` ids of workspaces that come after `before`, the oldest first: each has an address."""
    query = select(AccessKey.workspace_id).where(AccessKey.kind == fixed("slug")).order_by(AccessKey.workspace_id)
    if before is not None:
        query = query.where(AccessKey.workspace_id > before)
    return list(db.session.scalars(query.limit(most)))


def workspaces_at_both_ends(most: int) -> list[UUID]:
    """Up to `most` ids of the oldest workspaces and as many of the newest."""
    query = select(AccessKey.workspace_id).where(AccessKey.kind == fixed("slug")).limit(most)
    ends = (AccessKey.workspace_id.asc(), AccessKey.workspace_id.desc())
    return list(dict.fromkeys(each for end in ends for each in db.session.scalars(query.order_by(end))))


def is_taken(kind: str, key: str) -> bool:
    """Whether a key of this kind exists already."""
    return db.session.get(AccessKey, keyed_hash(kind, key)) is not None


def revoke(kind: str, workspace_id: UUID, target_id: UUID) -> None:
    """Make every key of this kind to this target open nothing from now on."""
    db.session.execute(
        delete(AccessKey).where(
            AccessKey.workspace_id == workspace_id, AccessKey.target_id == target_id, AccessKey.kind == kind
        )
    )


def extend(kind: str, workspace_id: UUID, target_id: UUID, expires_at: datetime | None) -> None:
    """Move the end of the keys of this kind to this target."""
    db.session.execute(
        update(AccessKey)
        .where(AccessKey.workspace_id == workspace_id, AccessKey.target_id == target_id, AccessKey.kind == kind)
        .values(expires_at=expires_at)
    )
