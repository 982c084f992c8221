"""Which rows the running transaction holds already: reading them once more for holding them would tell nothing new.

Somebody who accepts a quote sets off a dozen reactions that each hold the lead for themselves.
"""

from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.core.tenancy import current_scope
from app.extensions import db

_LOCKED = "locked_rows"


def is_locked(table: str, row_id: UUID) -> bool:
    """Whether this transaction holds the row, and the scope that it was held in is the present one."""
    return (current_scope(), table, row_id) in db.session().info.get(_LOCKED, ())


def note_locked(table: str, row_id: UUID) -> None:
    """Remember until the transaction ends that the row was read while it was locked, in this scope."""
    db.session().info.setdefault(_LOCKED, set()).add((current_scope(), table, row_id))


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_LOCKED, None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, transaction: SessionTransaction) -> None:
    session.info.pop(_LOCKED, None)  # a savepoint's locks go with it; which were its own is not worth keeping
