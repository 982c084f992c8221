"""The circuit breaker: when Squeegee is silent nothing is sent, until one trial has come through.

It opens after FAILURES_TO_OPEN failures in a row of the kind that speaks of Squeegee itself, at once when the token is
refused. A call may only begin while a transaction holds the circuit's row and finds it closed, or has taken the one
trial: so whatever was begun stands before the moment of opening, and nothing after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.outbox import OutboxItem, move, wake
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.squeegee.models import SqueegeeCircuit, Transfer
from app.squeegee.ports import NotSent, Rejected, Result, Unclear
from app.squeegee.queries.calls import call_is_under_way
from app.squeegee.queries.circuit import NEEDS_SETTINGS
from app.squeegee.services.states import TOPIC

FAILURES_TO_OPEN = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
#: So long no second trial goes: longer than a call may take, and than the lease of a worker that died at it.
TRIAL_TAKES = timedelta(seconds=60)
#: What waits beside the trial looks again a little later, in case the trial was called off.
BEHIND_THE_TRIAL = timedelta(seconds=20)
#: What waits for the settings looks again now and then, though a change wakes it.
UNTIL_SETTINGS = timedelta(hours=6)
#: The reason that waiting work carries.
WAITING = "squeegee_silent"
#: Failures that speak of the lead's own data or of our own rules, not of Squeegee.
_OF_ITS_OWN = frozenset({"address_refused", "held_up"})


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may go now, and as the trial; else until when to wait."""

    until: datetime | None = None
    is_trial: bool = False


def admit() -> Admission:
    """Ask to send one call. The running transaction must write the call down and be committed before it goes."""
    row = _read()
    if row is None:
        db.session.execute(
            insert(SqueegeeCircuit)
            .values(workspace_id=current_workspace_id(), id=new_id(), failures=0)
            .on_conflict_do_nothing()
        )
        row = _read(lock="share")
    elif row.opened_at is None:
        row = _read(lock="share")
    else:
        row = _read(lock="update")
        if row.opened_at is not None and row.trial_at is not None and row.trial_at <= utcnow():
            _write(trial_at=utcnow() + TRIAL_TAKES)
            return Admission(is_trial=True)
    if row.opened_at is None:
        return Admission()
    return Admission(until=_look_again(row.trial_at))


def note_result(result: Result, *, is_trial: bool) -> datetime | None:
    """Count what came of a call. Returns until when its transfer waits if the circuit is open because of it.

    A refusal of one payload is an answer; a wait that Squeegee asks for is one too.
    """
    if isinstance(result, NotSent) and result.reason in _OF_ITS_OWN:
        return None
    if isinstance(result, Rejected) and result.reason in NEEDS_SETTINGS:
        return _open_until_settings(result.reason)
    if isinstance(result, NotSent | Unclear) or (isinstance(result, Rejected) and _speaks_of_squeegee(result)):
        return _count(result.reason, is_trial)
    if is_trial:
        _close()
    else:
        db.session.execute(
            update(SqueegeeCircuit)
            .where(
                SqueegeeCircuit.workspace_id == current_workspace_id(), SqueegeeCircuit.opened_at.is_(None),
                SqueegeeCircuit.failures > 0,
            )
            .values(failures=0)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return None


def _speaks_of_squeegee(result: Rejected) -> bool:
    return result.may_pass and not (result.reason == "too_many_requests" and result.retry_after is not None)


def try_now(actor: Actor) -> None:
    """Let one trial go at once: somebody pressed the button. While one is under way there is no second.

    Raises Conflict when nothing is held back any more.
    """
    row = _read(lock="update")
    is_under_way = row is not None and row.opened_at and call_is_under_way(max(row.opened_at, utcnow() - TRIAL_TAKES))
    if not is_under_way and not let_one_try():
        raise Conflict("Squeegee answers again: nothing is held back any more.")
    _tell("squeegee.trial_asked", actor, {})


def let_one_try(event: Event | None = None) -> bool:
    """Make the next trial due now and wake one transfer for it; whether the circuit was open.

    It is also the reaction to changed settings.
    """
    row = _read(lock="update")
    if row is None or row.opened_at is None:
        return False
    now = utcnow()
    _write(trial_at=now)
    wake(_least_tried())
    return True


def _count(reason: str, is_trial: bool) -> datetime | None:
    row = _read(lock="update")
    now = utcnow()  # after the lock: every call that was let through was written down before
    failures = min(row.failures + 1, 1_000)
    if row.opened_at is None and failures < FAILURES_TO_OPEN:
        _write(failures=failures)
        return None
    if row.opened_at is not None and not is_trial:
        return _look_again(row.trial_at)  # it was on its way when the circuit opened
    doublings = min(failures - FAILURES_TO_OPEN, 10)  # an outage of days must not reckon in millions of years
    trial_at = now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    _write(failures=failures, trial_at=trial_at, reason=reason, opened_at=row.opened_at or now)
    _hold_back(trial_at)
    if row.opened_at is None:
        _tell("squeegee.silent", SYSTEM, {"reason": reason})
    return trial_at + BEHIND_THE_TRIAL


def _open_until_settings(reason: str) -> datetime:
    row = _read(lock="update")
    now = utcnow()
    _write(failures=max(row.failures, FAILURES_TO_OPEN), trial_at=None, reason=reason, opened_at=row.opened_at or now)
    if row.opened_at is None or row.reason != reason:
        _tell("squeegee.silent", SYSTEM, {"reason": reason})
    return now + UNTIL_SETTINGS


def _close() -> None:
    _write(failures=0, opened_at=None, trial_at=None, reason=None)
    wake(_waiting())
    _tell("squeegee.answers", SYSTEM, {})


def _look_again(trial_at: datetime | None) -> datetime:
    return max(trial_at, utcnow()) + BEHIND_THE_TRIAL if trial_at else utcnow() + UNTIL_SETTINGS


def _hold_back(trial_at: datetime) -> None:
    """Let what waits look again only after the next trial, and the one that was tried least be that trial."""
    first = db.session.scalar(_least_tried())
    move(_waiting(), trial_at + BEHIND_THE_TRIAL)
    if first is not None:
        move(select(OutboxItem.id).where(OutboxItem.id == first), trial_at)


def _waiting() -> Select[Any]:
    """The work of transfers that wait for the circuit."""
    here = current_workspace_id()
    return (
        select(OutboxItem.id)
        .join(Transfer, (Transfer.workspace_id == OutboxItem.workspace_id) & (Transfer.id == OutboxItem.subject_id))
        .where(
            Transfer.workspace_id == here, Transfer.state == "pending", OutboxItem.workspace_id == here,
            OutboxItem.kind == "transfer.run", OutboxItem.state == "ready", OutboxItem.last_error == WAITING,
        )
    )  # fmt: skip


def _least_tried() -> Select[Any]:
    return _waiting().order_by(Transfer.retries, Transfer.created_at, Transfer.id).limit(1)


def _read(lock: str = "") -> Any:
    columns = (SqueegeeCircuit.failures, SqueegeeCircuit.opened_at, SqueegeeCircuit.trial_at, SqueegeeCircuit.reason)
    query = select(*columns).where(SqueegeeCircuit.workspace_id == current_workspace_id())
    if lock:
        query = query.with_for_update(read=lock == "share")
    return db.session.execute(query).one_or_none()


def _write(**values: object) -> None:
    db.session.execute(
        update(SqueegeeCircuit)
        .where(SqueegeeCircuit.workspace_id == current_workspace_id())
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _tell(name: str, actor: Actor, data: dict[str, str]) -> None:
    here = current_workspace_id()
    publish(Event(name, here, actor, "workspace", here, data=data, topics=frozenset({TOPIC})))
