"""Whether MASTER_KEYS and INDEX_PEPPER are those of this database, found out before a page or a job fails by them."""

import time
from collections.abc import Iterator
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from app.core import access_keys
from app.core.crypto import CipherError, MasterKeys, UnknownKey
from app.core.keyring import WorkspaceKey
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.environment import ConfigError
from app.extensions import db

OK = "ok"
#: So long what was found out is believed.
_SECONDS = 60.0
#: So many of the oldest workspaces and of the newest are looked at: a change of the master key goes from the first to
#: the last, and new ones have the key that is wrapped with now.
_LOOKED_AT = 4
_SLUG = text("select slug from workspaces where id = :id")
_found: dict[str, tuple[float, str]] = {}


def verdict() -> str:
    """OK, or what is wrong, in words that name the setting. Looked up once a minute. Raises SQLAlchemyError."""
    kept = _found.get("now")
    if kept is None or time.monotonic() - kept[0] > _SECONDS:
        kept = _found["now"] = (time.monotonic(), _look())
    return kept[1]


def was_right() -> bool:
    """Whether this process had the right keys once. It has them still, its settings do not change: what became wrong
    since is a workspace that was made with others, and that must not take everybody else's pages away.
    """
    return "was right" in _found


def refuse_wrong_keys() -> None:
    """Raise ConfigError unless this process has, or had, the keys of this database. Raises SQLAlchemyError."""
    words = verdict()
    if words != OK and not was_right():
        raise ConfigError(f"{words}.")


def _look() -> str:
    peppered: list[bool] = []
    with acting_in(None, sees="none"), transaction():
        for workspace_id in access_keys.workspaces_at_both_ends(_LOOKED_AT):
            with acting_in(workspace_id):
                wrong = next(_wrong_masters(workspace_id), None)
                slug = _slug_of(workspace_id)
            if wrong:
                return wrong
            if slug is not None:
                peppered.append(access_keys.is_taken("slug", slug))
    if peppered and not any(peppered):
        return "INDEX_PEPPER is not the one that this database was made with"
    if peppered:  # an empty database says nothing of the keys
        _found["was right"] = (time.monotonic(), OK)
    return OK


def _slug_of(workspace_id: UUID) -> str | None:
    """The workspace's address; None where it was deleted meanwhile."""
    slug = db.session.scalar(_SLUG, {"id": workspace_id})
    return None if slug is None else str(slug)


def _wrong_masters(workspace_id: UUID) -> Iterator[str]:
    """What is wrong with the master keys that wrap this workspace's."""
    masters: MasterKeys = current_app.extensions["master_keys"]
    rows = db.session.execute(
        select(WorkspaceKey.purpose, WorkspaceKey.key_no, WorkspaceKey.wrapped).where(
            WorkspaceKey.workspace_id == workspace_id
        )
    )
    for purpose, number, wrapped in rows:
        try:
            masters.unwrap(wrapped, workspace_id, purpose, number)
        except UnknownKey:
            yield f"MASTER_KEYS lacks master key {masters.master_no(wrapped)}, which wraps keys of this database"
        except CipherError:
            yield "MASTER_KEYS has another master key under a number than the one that wraps keys of this database"
