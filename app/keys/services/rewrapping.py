"""Wrapping every workspace's keys with the active master key, so that an older one can be dropped.

The keys themselves stay, and with them all that they have sealed: a page that is open notices nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import CursorResult, Row, select, update

from app.core.crypto import CipherError, MasterKeys, UnknownKey
from app.core.keyring import WorkspaceKey
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db
from app.keys.queries import every_workspace

log = structlog.get_logger(__name__)
_KEYS = select(WorkspaceKey.purpose, WorkspaceKey.key_no, WorkspaceKey.wrapped)


@dataclass(slots=True)
class Rewrapped:
    """What came of it: how many keys of how many workspaces, and how many don't open, by the number of their master key
    (0 for what is no wrapped key).
    """

    keys: int = 0
    workspaces: int = 0
    closed: Counter[int] = field(default_factory=Counter)


def rewrap_keys() -> Rewrapped:
    """Wrap all keys anew that another than the active master key wraps, one transaction for each workspace.

    Nothing is held between them, so it may be broken off, and two may run at once: a key that the other has wrapped
    meanwhile is left as it is. What is under a master key that is not listed, or is damaged, stays as it is too.
    """
    made = Rewrapped()
    for workspace_id in every_workspace():
        with acting_in(workspace_id), transaction():
            done = sum(_rewrap(workspace_id, row, made.closed) for row in _keys_of(workspace_id))
        made.keys += done
        made.workspaces += done > 0
    log.info("keys_rewrapped", keys=made.keys, workspaces=made.workspaces, master=_masters().active)
    return made


def keys_by_master() -> Counter[int]:
    """How many keys each master key wraps now, those of workspaces made meanwhile included."""
    found: Counter[int] = Counter()
    for workspace_id in every_workspace():
        with acting_in(workspace_id), transaction():
            found.update(_master_no(row.wrapped) for row in _keys_of(workspace_id))
    return found


def _keys_of(workspace_id: UUID) -> Sequence[Row]:
    return db.session.execute(_KEYS.where(WorkspaceKey.workspace_id == workspace_id)).all()


def _rewrap(workspace_id: UUID, row: Row, closed: Counter[int]) -> bool:
    masters, number = _masters(), _master_no(row.wrapped)
    try:
        key = masters.unwrap(row.wrapped, workspace_id, row.purpose, row.key_no)
    except (CipherError, UnknownKey):  # also of the active one: another key may stand under its number
        closed[number] += 1
        return False
    if number == masters.active:
        return False
    answer = db.session.execute(
        update(WorkspaceKey)
        .where(WorkspaceKey.workspace_id == workspace_id, WorkspaceKey.purpose == row.purpose)
        .where(WorkspaceKey.key_no == row.key_no, WorkspaceKey.wrapped == row.wrapped)
        .values(wrapped=masters.wrap(key, workspace_id, row.purpose, row.key_no))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(answer, CursorResult)
    return answer.rowcount == 1


def _master_no(wrapped: bytes) -> int:
    try:
        return MasterKeys.master_no(wrapped)
    except CipherError:
        return 0


def _masters() -> MasterKeys:
    masters: MasterKeys = current_app.extensions["master_keys"]
    return masters
