"""Doing the work: claimed, handed to whoever does it, and settled whatever comes of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core import bell
from app.core.clock import utcnow
from app.core.outbox import items
from app.core.outbox.claims import (
    MAX_ATTEMPTS,
    Claim,
    Fenced,
    GiveUp,
    Retry,
    backoff,
    claim_one,
    claim_together,
    still_due,
)  # fmt: skip
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db

log = structlog.get_logger(__name__)

Handler = Callable[[Claim], None]
#: Does several pieces of work of one kind at once, and settles each by itself.
HandlerOfMany = Callable[[list[Claim]], None]
#: Seconds after which no more of what a bell was rung for is begun: RQ ends a job that takes five minutes.
LONGEST_TURN = 120.0
_ABANDONED = text("select workspace_id, id from abandoned_outbox(:limit)")
_DUE = text("select workspace_id, id from due_outbox(:limit)")
_handlers: dict[str, Handler] = {}
_handlers_of_many: dict[str, HandlerOfMany] = {}


def wire(table: Mapping[str, Handler], of_many: Mapping[str, HandlerOfMany]) -> None:
    """Take the tables of who does which work, piece by piece or many at once (create_app() does this once)."""
    for known, given in ((_handlers, table), (_handlers_of_many, of_many)):
        known.clear()
        known.update(given)  # type: ignore[arg-type]
    items.kinds.clear()
    items.kinds.update(table, of_many)


def run_all(workspace_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Do pieces of a workspace's work: of the kinds that are done many at once all together, the others in turn.

    Work that is done, taken or not due is left alone, quietly; what there is no time for is left to the next sweep.
    """
    with acting_in(workspace_id):
        left = list(item_ids)
        if len(left) > 1:
            with transaction():
                claims = claim_together(workspace_id, left, list(_handlers_of_many))
                taken = {claim.item_id for claim in claims}
                left = still_due(workspace_id, left) if len(taken) < len(left) else []
            for kind, group in groupby(sorted(claims, key=lambda claim: claim.kind), lambda claim: claim.kind):
                _do_many(_handlers_of_many[kind], list(group))
    until = time.monotonic() + LONGEST_TURN
    for item_id in left:
        if time.monotonic() < until:
            run(workspace_id, item_id)


def run(workspace_id: UUID, item_id: UUID) -> None:
    """Claim one piece of work and do it. Work that is done, taken or not due is left alone, quietly."""
    with acting_in(workspace_id):
        claim = _claim(workspace_id, item_id)
        if claim is None:
            return
        if claim.kind in _handlers_of_many:
            _do_many(_handlers_of_many[claim.kind], [claim])
        else:
            settle(claim, lambda: _handlers[claim.kind](claim))


def settle(claim: Claim, do: Callable[[], object]) -> None:
    """Do a piece of work and write what came of it: its end, another attempt later, or that a person must look."""
    bound = log.bind(kind=claim.kind, item=str(claim.item_id), attempt=claim.attempts)
    try:
        do()
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


def _do_many(handler: HandlerOfMany, claims: list[Claim]) -> None:
    """Let the handler do them together; where that fails, whatever has no end yet is done piece by piece."""
    if len(claims) > 1:
        try:
            handler(claims)
            return
        except OperationalError:
            raise  # the database is away: the leases run out by themselves
        except Exception as error:
            log.exception("outbox_failed_together", kind=claims[0].kind, error=type(error).__name__)
    for claim in claims:
        if not claim.finished:
            settle(claim, lambda claim=claim: handler([claim]))


def _claim(workspace_id: UUID, item_id: UUID) -> Claim | None:
    with transaction():
        claim = claim_one(workspace_id, item_id)
    if claim is not None and claim.attempts > MAX_ATTEMPTS:
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


def sweep(limit: int = 5000) -> int:
    """Ring what is due or whose lease ran out, over all workspaces, each its share. Returns how many were due.

    What a worker left behind goes before what has not begun, however much of that there is: somebody waits for it.
    """
    with acting_in(None, sees="none"), transaction():
        abandoned, due = (db.session.execute(query, {"limit": limit}).all() for query in (_ABANDONED, _DUE))
    bell.ring([(workspace_id, item_id) for workspace_id, item_id in abandoned], urgent=True)
    bell.ring_in_turn([(workspace_id, item_id) for workspace_id, item_id in due])
    return len(due)
