"""Work that must not be lost. PostgreSQL holds it, Redis only rings the bell.

A row is written in the transaction of its cause. After the commit its id is rung through RQ. Whoever hears it claims
the row by a conditional UPDATE that raises `lease_token` and counts the attempt; a result is written only while the
token is still the claimant's, so a worker that was presumed dead can't finish twice. The sweeper rings what is due
or abandoned, which survives a Redis that forgot everything.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, SmallInteger, Text, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import bell
from app.core.clock import utcnow
from app.core.models import WorkspaceModel, created_moment, moment, one_of
from app.core.tenancy import acting_in, current_workspace_id
from app.core.transactions import after_commit, transaction
from app.extensions import db

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=45)
MAX_ATTEMPTS = 8
STATES = ("ready", "leased", "done", "dead", "cancelled")


class OutboxItem(WorkspaceModel):
    """One piece of work: what (`kind`, `subject_id`), from when, and how far it got."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", STATES),
        db.UniqueConstraint("workspace_id", "kind", "dedupe_key"),
        db.Index("ix_outbox_due", "run_at", postgresql_where=text("state in ('ready', 'leased')")),
        db.Index("ix_outbox_subject", "workspace_id", "subject_id"),
        db.Index("ix_outbox_dead", "workspace_id", "created_at", postgresql_where=text("state = 'dead'")),
    )

    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    dedupe_key: Mapped[str] = mapped_column(Text)
    run_at: Mapped[datetime] = moment()
    state: Mapped[str] = mapped_column(Text, default="ready")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    lease_token: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_until: Mapped[datetime | None] = moment(nullable=True)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)


class Fenced(Exception):
    """The lease was lost: someone else has this work now, and nothing of ours may be kept."""


class Retry(Exception):
    """Try again later. `reason` is a code without customer data; `after` overrides the growing wait."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class GiveUp(Exception):
    """Trying again can't help: a person must look. `reason` is a code without customer data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Claim:
    """A claimed piece of work, handed to its handler."""

    workspace_id: UUID
    item_id: UUID
    kind: str
    subject_id: UUID
    attempts: int
    lease_token: int
    finished: bool = False

    def finish(self, state: str = "done", error: str | None = None) -> None:
        """Write the end of the work into the running transaction. Raises Fenced when the lease is no longer ours."""
        self._write({"state": state, "last_error": error, "finished_at": utcnow(), "lease_until": None})
        self.finished = True

    def put_back(self, run_at: datetime, error: str) -> None:
        """Free the work for another attempt at `run_at`. Raises Fenced when the lease is no longer ours."""
        self._write({"state": "ready", "last_error": error, "run_at": run_at, "lease_until": None})

    def _write(self, values: dict[str, object]) -> None:
        result = db.session.execute(
            update(OutboxItem)
            .where(
                OutboxItem.workspace_id == self.workspace_id,
                OutboxItem.id == self.item_id,
                OutboxItem.state == "leased",
                OutboxItem.lease_token == self.lease_token,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if result.rowcount != 1:
            raise Fenced


Handler = Callable[[Claim], None]
_handlers: dict[str, Handler] = {}


def wire(table: Mapping[str, Handler]) -> None:
    """Take the table of who does which work (create_app() does this once)."""
    _handlers.clear()
    _handlers.update(table)


def enqueue(
    kind: str, subject_id: UUID, *, dedupe_key: str | None = None, run_at: datetime | None = None
) -> OutboxItem:
    """Put work into the current transaction; due work is rung after the commit.

    `dedupe_key` (default: the subject's id) makes the same work impossible twice: a second one raises
    IntegrityError at the flush. Returns the row.
    """
    if kind not in _handlers:
        raise KeyError(kind)
    now = utcnow()
    item = OutboxItem(
        kind=kind, subject_id=subject_id, dedupe_key=dedupe_key or str(subject_id), run_at=run_at or now
    )
    db.session.add(item)
    if item.run_at <= now:
        workspace_id, item_id = item.workspace_id, item.id
        after_commit(lambda: bell.ring(workspace_id, item_id))
    return item


def cancel(kind: str, subject_ids: list[UUID]) -> None:
    """Call off work that nobody has claimed yet."""
    if subject_ids:
        db.session.execute(
            update(OutboxItem)
            .where(
                OutboxItem.workspace_id == current_workspace_id(),
                OutboxItem.kind == kind,
                OutboxItem.subject_id.in_(subject_ids),
                OutboxItem.state == "ready",
            )
            .values(state="cancelled", finished_at=utcnow())
            .execution_options(synchronize_session=False)
        )


def replay(item: OutboxItem) -> None:
    """Give dead work another full set of attempts, now."""
    item.state, item.attempts, item.run_at, item.finished_at = "ready", 0, utcnow(), None
    workspace_id, item_id = item.workspace_id, item.id
    after_commit(lambda: bell.ring(workspace_id, item_id))


_CLAIM = text(
    """
    update outbox set state = 'leased', lease_token = lease_token + 1, attempts = attempts + 1,
           lease_until = clock_timestamp() + make_interval(secs => :lease)
     where workspace_id = :workspace and id = :item and run_at <= clock_timestamp()
       and (state = 'ready' or (state = 'leased' and lease_until < clock_timestamp()))
    returning kind, subject_id, attempts, lease_token
    """
)


def run(workspace_id: UUID, item_id: UUID) -> None:
    """Claim one piece of work and do it. Work that is done, taken or not due is left alone, quietly."""
    with acting_in(workspace_id):
        claim = _claim(workspace_id, item_id)
        if claim is None:
            return
        bound = log.bind(kind=claim.kind, item=str(item_id), attempt=claim.attempts)
        try:
            _handlers[claim.kind](claim)
            if not claim.finished:
                with transaction():
                    claim.finish()
        except Fenced:
            bound.warning("outbox_fenced")
        except GiveUp as error:
            _settle(claim, error.reason, dead=True)
        except Retry as error:
            _settle(claim, error.reason, after=error.after)
        except Exception as error:
            bound.exception("outbox_failed", error=type(error).__name__)
            _settle(claim, type(error).__name__)


def _claim(workspace_id: UUID, item_id: UUID) -> Claim | None:
    with transaction():
        row = db.session.execute(
            _CLAIM, {"workspace": workspace_id, "item": item_id, "lease": LEASE.total_seconds()}
        ).one_or_none()
    if row is None:
        return None
    claim = Claim(workspace_id, item_id, row.kind, row.subject_id, row.attempts, row.lease_token)
    if claim.attempts > MAX_ATTEMPTS:
        # Work that kills its worker never reports a failure; it is the count at the claim that ends it.
        _settle(claim, "worker_died_each_time", dead=True)
        return None
    return claim


def _settle(claim: Claim, reason: str, *, after: timedelta | None = None, dead: bool = False) -> None:
    try:
        with transaction():
            if dead or claim.attempts >= MAX_ATTEMPTS:
                claim.finish("dead", reason)
            else:
                claim.put_back(utcnow() + (after or backoff(claim.attempts)), reason)
    except Fenced:
        log.warning("outbox_fenced", kind=claim.kind, item=str(claim.item_id))


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 10 s doubling to an hour, with jitter of a quarter."""
    seconds = min(10 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


def sweep(limit: int = 500) -> int:
    """Ring everything that is due or whose lease ran out, over all workspaces. Returns how many were rung."""
    with acting_in(None, sees="none"), transaction():
        rows = db.session.execute(text("select workspace_id, id from due_outbox(:limit)"), {"limit": limit}).all()
    for workspace_id, item_id in rows:
        bell.ring(workspace_id, item_id)
    return len(rows)
