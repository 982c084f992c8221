"""The keys of workspaces: wrapped by the master key, kept unwrapped per process in a bounded cache.

A workspace may get further data keys while everybody works: what is written goes by the newest, what was written
before opens by its own. A process learns of a new key when it reads the keys anew, within KNOWN_WITHIN_SECONDS, or at
once when it meets a value that is sealed with it.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import current_app, has_app_context
from sqlalchemy import LargeBinary, SmallInteger, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import MasterKeys, UnknownKey, WorkspaceCipher
from app.core.search_index import SearchIndex
from app.core.tenancy import acting_in, current_scope, current_workspace_id
from app.extensions import db

_CACHE_SIZE = 512
#: A process reads a workspace's keys again when they are wanted and this old; twice as old where that would take a
#: connection to the database in the middle of work that holds none.
_REREAD_SECONDS = 30.0
#: So long after a key was made every process seals with it, but for work that was begun before.
KNOWN_WITHIN_SECONDS = 2 * _REREAD_SECONDS
#: A number that was looked for in vain is not looked for again so soon, nor one so far ahead that nobody made it.
_MISSED_SECONDS = 1.0
_MOST_AHEAD = 8


@dataclass(frozen=True, slots=True)
class _Kept:
    """A workspace's keys as this process read them at that moment of its clock."""

    cipher: WorkspaceCipher
    index: SearchIndex
    data: Mapping[int, bytes]
    read_at: float


_cache: OrderedDict[UUID, _Kept] = OrderedDict()
_missed: dict[tuple[UUID, int], float] = {}
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
    for purpose in ("data", "index"):
        _add_key(workspace_id, purpose, 1)


def make_next_data_key() -> int:
    """Give the workspace in scope a further data key, by which everything is sealed from now on; returns its number.

    The older ones stay, for what they have sealed. Raises UnknownKey when the workspace has no keys.
    """
    workspace_id = current_workspace_id()
    mine = WorkspaceKey.workspace_id == workspace_id, WorkspaceKey.purpose == "data"
    # One after the other: who waits here counts only then, by a statement of its own.
    db.session.execute(select(WorkspaceKey.key_no).where(*mine).with_for_update()).all()
    newest = db.session.scalar(select(func.max(WorkspaceKey.key_no)).where(*mine))
    if newest is None:
        raise UnknownKey("the workspace has no keys")
    _add_key(workspace_id, "data", newest + 1)
    return int(newest) + 1


def cipher() -> WorkspaceCipher:
    """The cipher of the workspace in scope. Raises UnknownKey when the workspace has no keys."""
    return _keys().cipher


def search_index() -> SearchIndex:
    """The search index of the workspace in scope."""
    return _keys().index


def forget_keys() -> None:
    """Drop the unwrapped keys of this process (after a rotation, between tests)."""
    with _lock:
        _cache.clear()
        _missed.clear()


def _add_key(workspace_id: UUID, purpose: str, number: int) -> None:
    masters: MasterKeys = current_app.extensions["master_keys"]
    wrapped = masters.wrap(secrets.token_bytes(32), workspace_id, purpose, number)
    db.session.add(WorkspaceKey(workspace_id=workspace_id, purpose=purpose, key_no=number, wrapped=wrapped))
    db.session.flush()


def _keys() -> _Kept:
    workspace_id = current_workspace_id()
    with _lock:
        kept = _cache.get(workspace_id)
        if kept:
            _cache.move_to_end(workspace_id)
    if kept:
        age = time.monotonic() - kept.read_at
        if age < _REREAD_SECONDS or (age < KNOWN_WITHIN_SECONDS and not db.session().in_transaction()):
            return kept
    return _read(workspace_id)


def _read(workspace_id: UUID) -> _Kept:
    """Read a workspace's keys from the database, in its scope, and keep them."""
    read_at = time.monotonic()
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
    opener = WorkspaceCipher(workspace_id, data, max(data), lambda number: _find(workspace_id, number))
    kept = _Kept(opener, SearchIndex(workspace_id, index[max(index)]), data, read_at)
    with _lock:
        _cache[workspace_id] = kept
        if len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return kept


def _find(workspace_id: UUID, number: int) -> bytes | None:
    """A data key that a cipher does not know, which was made after it was; None where there is none.

    What names a key that nobody made must fail without work: it may stand in an address that somebody made up.
    """
    now = time.monotonic()
    with _lock:
        kept = _cache.get(workspace_id)
        if kept and number in kept.data:  # others of this process have met it before
            return kept.data[number]
        is_far = kept is not None and number > max(kept.data) + _MOST_AHEAD
        if is_far or now - _missed.get((workspace_id, number), float("-inf")) < _MISSED_SECONDS:
            return None
    if not has_app_context():  # the end of a long download; without a scope nothing can be read
        return None
    here = current_scope().workspace_id == workspace_id
    with nullcontext() if here else acting_in(workspace_id):
        found = _read(workspace_id).data.get(number)
    if found is None:
        with _lock:
            if len(_missed) >= _CACHE_SIZE:
                _missed.clear()
            _missed[workspace_id, number] = now
    return found
