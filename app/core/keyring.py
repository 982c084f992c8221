"""The keys of workspaces: made once, wrapped by the master key, kept unwrapped per process in a bounded cache."""

import secrets
from collections import OrderedDict
from threading import Lock
from uuid import UUID

from flask import current_app
from sqlalchemy import LargeBinary, SmallInteger, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import MasterKeys, UnknownKey, WorkspaceCipher
from app.core.search_index import SearchIndex
from app.core.tenancy import current_workspace_id
from app.extensions import db

_CACHE_SIZE = 512
_cache: OrderedDict[UUID, tuple[WorkspaceCipher, SearchIndex]] = OrderedDict()
_lock = Lock()


class WorkspaceKey(db.Model):
    """One wrapped key of a workspace. `purpose` is data (sealing) or index (search)."""

    __tablename__ = "workspace_keys"
    __table_args__ = (db.CheckConstraint("purpose in ('data', 'index')", name="purpose"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    key_no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


def make_keys(workspace_id: UUID) -> None:
    """Give a new workspace its data key and its index key."""
    masters: MasterKeys = current_app.extensions["master_keys"]
    for purpose in ("data", "index"):
        wrapped = masters.wrap(secrets.token_bytes(32), workspace_id, purpose, 1)
        db.session.add(WorkspaceKey(workspace_id=workspace_id, purpose=purpose, key_no=1, wrapped=wrapped))
    db.session.flush()


def cipher() -> WorkspaceCipher:
    """The cipher of the workspace in scope. Raises UnknownKey when the workspace has no keys."""
    return _keys()[0]


def search_index() -> SearchIndex:
    """The search index of the workspace in scope."""
    return _keys()[1]


def forget_keys() -> None:
    """Drop the unwrapped keys of this process (after a rotation, between tests)."""
    with _lock:
        _cache.clear()


def _keys() -> tuple[WorkspaceCipher, SearchIndex]:
    workspace_id = current_workspace_id()
    with _lock:
        found = _cache.get(workspace_id)
        if found:
            _cache.move_to_end(workspace_id)
            return found
    found = _load(workspace_id)
    with _lock:
        _cache[workspace_id] = found
        if len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return found


def _load(workspace_id: UUID) -> tuple[WorkspaceCipher, SearchIndex]:
    masters: MasterKeys = current_app.extensions["master_keys"]
    with db.session.no_autoflush:
        rows = db.session.execute(
            select(WorkspaceKey.purpose, WorkspaceKey.key_no, WorkspaceKey.wrapped).where(
                WorkspaceKey.workspace_id == workspace_id
            )
        ).all()
    keys = {
        (purpose, number): masters.unwrap(wrapped, workspace_id, purpose, number) for purpose, number, wrapped in rows
    }
    data = {number: key for (purpose, number), key in keys.items() if purpose == "data"}
    index = {number: key for (purpose, number), key in keys.items() if purpose == "index"}
    if not data or not index:
        raise UnknownKey("the workspace has no keys")
    return WorkspaceCipher(workspace_id, data, max(data)), SearchIndex(workspace_id, index[max(index)])
