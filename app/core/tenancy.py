"""Which workspace, person and visibility the current work acts for, told to PostgreSQL before it matters.

Row-level security reads three settings. They are local to the transaction, so each begins blank, and a pooled
connection never carries the last caller's. Before every statement of a session the scope is compared with what the
transaction was told, and told when it differs: a scope that no statement runs in costs nothing. A rollback to a
savepoint undoes what was told since; what holds then is not known and is told anew.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from app.core import driver as driver_module


@dataclass(frozen=True, slots=True)
class Scope:
    """The wall and the window: a workspace, a person in it, and what that person `sees`.

    `none`: nothing. `all`: everything. `own`: leads that are theirs or nobody's. `visits`: leads with an appointment of
    theirs. `read`: everything, but the database refuses each write.
    """

    workspace_id: UUID | None = None
    user_id: UUID | None = None
    sees: str = "none"


NOWHERE = Scope()
#: Stands where a row must name a workspace and belongs to none: the outbox's work for accounts, which may be in several
#: workspaces or in no workspace. No workspace has this id, and nobody is ever a member of it.
INSTALLATION = UUID(int=0)
_scope: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)

_TOLD = "scope_told"  # in a connection's info while a session's transaction is open on it: Scope, or None for unknown
_SET = (
    "select set_config('app.workspace_id', %(workspace)s, true),"
    " set_config('app.user_id', %(person)s, true), set_config('app.scope', %(sees)s, true)"
)


def current_scope() -> Scope:
    """The scope that the running request or job acts in."""
    return _scope.get()


def current_workspace_id() -> UUID:
    """The id of the workspace acted in. Raises RuntimeError outside any workspace."""
    workspace_id = _scope.get().workspace_id
    if workspace_id is None:
        raise RuntimeError("no workspace in scope")
    return workspace_id


def enter(scope: Scope) -> None:
    """Act in `scope` from here on, in an open transaction from its next statement on."""
    _scope.set(scope)


def leave() -> None:
    """Forget the scope without touching the database (end of a request or job)."""
    _scope.set(NOWHERE)


@contextmanager
def acting_in(workspace_id: UUID | None, *, user_id: UUID | None = None, sees: str = "all") -> Iterator[None]:
    """Run a block in another scope and return to the one before, also when it raises."""
    before = _scope.get()
    _scope.set(Scope(workspace_id, user_id, sees))
    try:
        yield
    finally:
        _scope.set(before)


def seeing_all() -> AbstractContextManager[None]:
    """Run a block as the same person with all of the workspace in sight: what follows from an act by itself is no look
    at what is a colleague's.
    """
    scope = current_scope()
    return acting_in(scope.workspace_id, user_id=scope.user_id)


@event.listens_for(Session, "after_begin")
def _follow(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """From here on this transaction is told; one that has just begun knows nothing."""
    connection.info.setdefault(_TOLD, NOWHERE)


@event.listens_for(Engine, "before_cursor_execute")
def _tell(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, is_many: bool
) -> None:  # fmt: skip
    driver = cursor.connection
    if isinstance(driver, driver_module.Connection) and driver.pgconn.transaction_status == TransactionStatus.IDLE:
        _open(connection, driver)
        return
    info, scope = connection.info, _scope.get()
    if _TOLD not in info:
        return
    if statement.startswith("ROLLBACK TO"):
        info[_TOLD] = None  # and nothing may be told before it: that would be undone at once
        return
    if info[_TOLD] == scope:
        return
    info[_TOLD] = scope  # before, since telling is a statement too
    try:
        connection.exec_driver_sql(
            _SET,
            {
                "workspace": str(scope.workspace_id or ""),
                "person": str(scope.user_id or ""),
                "sees": scope.sees,
            },
        )
    except BaseException:
        info[_TOLD] = None
        raise


def _open(connection: Connection, driver: driver_module.Connection) -> None:
    """Begin the transaction and tell it the scope, by one message: each takes as long as a small statement."""
    scope = _scope.get()
    if _TOLD not in connection.info or scope == NOWHERE:
        driver.execute("begin", prepare=False)
        return
    assert scope.sees.isalpha()  # the ids are UUIDs: nothing that ends a string can stand in the message
    driver.execute(
        f"begin; select set_config('app.workspace_id', '{scope.workspace_id or ''}', true),"
        f" set_config('app.user_id', '{scope.user_id or ''}', true), set_config('app.scope', '{scope.sees}', true)",
        prepare=False,
    )
    connection.info[_TOLD] = scope


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    if not connection.invalidated:  # what was cut knows nothing, and asking it would hide the error that tells of it
        connection.info.pop(_TOLD, None)


@event.listens_for(Pool, "checkin")
def _forget_returned(driver_connection: Any, record: Any) -> None:
    record.info.pop(_TOLD, None)
