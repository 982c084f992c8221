"""The one place that commits. Work that leaves the database (bells, live events) waits until it has."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db

log = structlog.get_logger(__name__)
_WAITING = "after_commit_calls"
_GATHERED = "after_commit_gathered"
_MARKS = "after_commit_marks"


class Work:
    """A unit of work under way; `abandon()` turns its end into a rollback without an exception."""

    def __init__(self) -> None:
        self.abandoned = False

    def abandon(self) -> None:
        """Roll back at the end: the answer refuses what was asked (an invalid form, a conflict)."""
        self.abandoned = True


@contextmanager
def transaction() -> Iterator[Work]:
    """Commit what the block did, or roll all of it back when it raises."""
    work = Work()
    try:
        yield work
        if work.abandoned:
            db.session.rollback()
        else:
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def keep() -> None:
    """Commit what was done so far, whatever becomes of the rest.

    For what must be remembered although the answer refuses: a failed sign-in is counted before the password is even
    looked at. The rest of the work goes on in a new transaction of the same scope.
    """
    db.session.commit()


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the current transaction has committed; never when it rolls back.

    A failing call is logged and does not fail the caller: the truth is in PostgreSQL, and the sweeper
    finds whatever a lost bell leaves behind.
    """
    db.session().info.setdefault(_WAITING, []).append(call)


def gather_after_commit(key: str, items: Iterable[str], call: Callable[[set[str]], None]) -> None:
    """Collect `items` under `key` during the transaction and hand them to `call` in one piece after the commit."""
    gathered = db.session().info.setdefault(_GATHERED, {})
    if key not in gathered:
        gathered[key] = set()
        after_commit(lambda collected=gathered[key]: call(collected))
    gathered[key].update(items)


@event.listens_for(Session, "after_commit")
def _run_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(_GATHERED, None)
    for call in session.info.pop(_WAITING, []):
        try:
            call()
        except Exception as error:
            log.warning("after_commit_failed", error=type(error).__name__)


@event.listens_for(Session, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Note what waits when a savepoint begins: what comes later goes with it, what came before does not."""
    if transaction.nested:
        gathered = {key: set(items) for key, items in session.info.get(_GATHERED, {}).items()}
        marks = session.info.setdefault(_MARKS, {})
        marks[transaction] = (len(session.info.get(_WAITING, [])), gathered)


@event.listens_for(Session, "after_transaction_end")
def _forget_savepoint(session: Session, transaction: SessionTransaction) -> None:
    session.info.get(_MARKS, {}).pop(transaction, None)


@event.listens_for(Session, "after_rollback")
def _forget_waiting(session: Session) -> None:
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        session.info.pop(_WAITING, None)
        session.info.pop(_GATHERED, None)
        return
    waiting, before = session.info[_MARKS][savepoint]
    del session.info.get(_WAITING, [])[waiting:]
    gathered = session.info.get(_GATHERED, {})
    for key in list(gathered):
        if key in before:
            gathered[key].intersection_update(before[key])  # the same set: what hands it over holds it already
        else:
            del gathered[key]
