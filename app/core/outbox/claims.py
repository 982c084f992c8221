"""Claimed work: a lease, its fencing token, and every way in which it ends."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.clock import utcnow
from app.core.transactions import after_commit
from app.extensions import db

LEASE = timedelta(seconds=45)
MAX_ATTEMPTS = 8
_A_LEASE = "clock_timestamp() + make_interval(secs => :lease)"


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
    """A claimed piece of work, handed to its handler. `finished` once its end, or its return, has been committed."""

    workspace_id: UUID
    item_id: UUID
    kind: str
    subject_id: UUID
    attempts: int
    lease_token: int
    finished: bool = False

    def finish(self, state: str = "done", error: str | None = None) -> None:
        """Write the end of the work into the running transaction. Raises Fenced when the lease is no longer ours."""
        if not finish_all([self], state, error):
            raise Fenced

    def put_back(self, run_at: datetime, error: str, *, uncounted: bool = False) -> None:
        """Free the work for another attempt at `run_at`. Raises Fenced when the lease is no longer ours.

        `uncounted`: this was no attempt, the work only waits.
        """
        given = {"run_at": run_at, "error": error, "less": int(uncounted)}
        if not _end([self], "state = 'ready', run_at = :run_at, attempts = attempts - :less", given):
            raise Fenced


def finish_all(claims: Sequence[Claim], state: str = "done", error: str | None = None) -> list[Claim]:
    """Write the end of many pieces of a workspace's work into the running transaction, by one statement.

    Returns those whose lease was still ours: of the others nothing may be kept.
    """
    given = {"state": state, "error": error, "now": utcnow()}
    return _end(claims, "state = :state, finished_at = :now", given)


def renew_all(claims: Sequence[Claim]) -> list[Claim]:
    """Begin the leases of many claims anew; returns those that were still ours."""
    return _write(claims, f"lease_until = {_A_LEASE}", {"lease": LEASE.total_seconds()})


def _end(claims: Sequence[Claim], values: str, given: dict[str, Any]) -> list[Claim]:
    kept = _write(claims, f"{values}, last_error = :error, lease_until = null", given)
    after_commit(lambda: [setattr(claim, "finished", True) for claim in kept])
    return kept


def _write(claims: Sequence[Claim], values: str, given: dict[str, Any]) -> list[Claim]:
    if not claims:
        return []
    rows = db.session.execute(
        text(
            f"update outbox o set {values}"  # noqa: S608 - ours, see above
            "  from unnest(cast(:ids as uuid[]), cast(:tokens as bigint[])) as c (id, token)"
            " where o.workspace_id = :workspace and o.id = c.id and o.state = 'leased' and o.lease_token = c.token"
            " returning o.id"
        ),
        {
            **given, "workspace": claims[0].workspace_id, "ids": [claim.item_id for claim in claims],
            "tokens": [claim.lease_token for claim in claims],
        },
    )  # fmt: skip
    ours = set(rows.scalars())
    return [claim for claim in claims if claim.item_id in ours]


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 10 s doubling to an hour, with jitter of a quarter."""
    seconds = min(10 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


_CLAIM = text(
    f"""
    update outbox set state = 'leased', lease_token = lease_token + 1, attempts = attempts + 1, lease_until = {_A_LEASE}
     where workspace_id = :workspace and id = any(:items) and run_at <= clock_timestamp()
       and (state = 'ready' or (state = 'leased' and lease_until < clock_timestamp()))
       and (:alone or (kind = any(:kinds) and attempts < :tries))
    returning id, kind, subject_id, attempts, lease_token
    """  # noqa: S608 - nothing of anybody's stands in it
)
_LEFT = text(
    """
    select id from outbox
     where workspace_id = :workspace and id = any(:items) and run_at <= clock_timestamp()
       and (state = 'ready' or (state = 'leased' and lease_until < clock_timestamp()))
     order by run_at, id
    """
)
#: Work that was tried so often is done alone: it may be what its worker dies of, and must not take others along.
TRIES_TOGETHER = 2


def claim_one(workspace_id: UUID, item_id: UUID) -> Claim | None:
    """Take one piece of work in the running transaction; None when it is done, taken or not due."""
    found = _claim(workspace_id, [item_id], alone=True, kinds=())
    return found[0] if found else None


def claim_together(workspace_id: UUID, item_ids: Sequence[UUID], kinds: Sequence[str]) -> list[Claim]:
    """Take what is of one of these kinds and was not tried often, in the order in which it was asked for."""
    order = {item_id: place for place, item_id in enumerate(item_ids)}
    found = _claim(workspace_id, item_ids, alone=False, kinds=kinds)
    return sorted(found, key=lambda claim: order[claim.item_id])


def still_due(workspace_id: UUID, item_ids: Sequence[UUID]) -> list[UUID]:
    """Which of these could be claimed now."""
    return list(db.session.scalars(_LEFT, {"workspace": workspace_id, "items": list(item_ids)}))


def _claim(workspace_id: UUID, item_ids: Sequence[UUID], *, alone: bool, kinds: Sequence[str]) -> list[Claim]:
    given = {
        "workspace": workspace_id, "items": list(item_ids), "lease": LEASE.total_seconds(), "alone": alone,
        "kinds": list(kinds), "tries": TRIES_TOGETHER,
    }  # fmt: skip
    return [
        Claim(workspace_id, row.id, row.kind, row.subject_id, row.attempts, row.lease_token)
        for row in db.session.execute(_CLAIM, given)
    ]
