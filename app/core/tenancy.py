"""Which workspace, person and visibility the current work acts for, told to PostgreSQL at every transaction.

Row-level security reads three settings. They are transaction-local and set at *every* begin, blank included:
a local setting outlives a released savepoint, and a pooled connection must never carry the last caller's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db


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
_scope: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)

_SET = text(
    "select set_config('app.workspace_id', :workspace, true),"
    " set_config('app.user_id', :person, true), set_config('app.scope', :sees, true)"
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
    """Act in `scope` from here on; an open transaction is told at once."""
    _scope.set(scope)
    if db.session.registry.has() and db.session().in_transaction():
        _tell(db.session().connection(), scope)


def leave() -> None:
    """Forget the scope without touching the database (end of a request or job)."""
    _scope.set(NOWHERE)


@contextmanager
def acting_in(workspace_id: UUID | None, *, user_id: UUID | None = None, sees: str = "all") -> Iterator[None]:
    """Run a block in another scope and return to the one before, also when it raises."""
    before = _scope.get()
    enter(Scope(workspace_id, user_id, sees))
    try:
        yield
    except BaseException:
        _scope.set(before)  # the transaction is about to be rolled back; it may refuse statements
        raise
    else:
        enter(before)


def _tell(connection: Connection, scope: Scope) -> None:
    connection.execute(
        _SET,
        {
            "workspace": str(scope.workspace_id or ""),
            "person": str(scope.user_id or ""),
            "sees": scope.sees,
        },
    )


@event.listens_for(Session, "after_begin")
def _tell_at_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    _tell(connection, _scope.get())
