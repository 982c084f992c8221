"""Work that must not be lost. PostgreSQL holds it, Redis only rings the bell.

A row is written in the transaction of its cause. After the commit its id is rung through RQ. Whoever hears it claims
the row by a conditional UPDATE that raises `lease_token` and counts the attempt; a result is written only while the
token is still the claimant's, so a worker that was presumed dead can't finish twice. The sweeper rings what is due
or abandoned, which survives a Redis that forgot everything.

`items`: the table, and putting work into it. `claims`: taking work and ending it. `running`: doing it.
"""

from app.core.outbox.claims import (
    LEASE,
    MAX_ATTEMPTS,
    Claim,
    Fenced,
    GiveUp,
    Retry,
    backoff,
    claim_one,
    finish_all,
    renew_all,
)  # fmt: skip
from app.core.outbox.items import STATES, OutboxItem, cancel, enqueue, move, replay, wake
from app.core.outbox.running import Handler, HandlerOfMany, run, run_all, settle, sweep, wire

__all__ = [
    "LEASE", "MAX_ATTEMPTS", "STATES", "Claim", "Fenced", "GiveUp", "Handler", "HandlerOfMany", "OutboxItem", "Retry",
    "backoff", "cancel", "claim_one", "enqueue", "finish_all", "move", "renew_all", "replay", "run", "run_all",
    "settle", "sweep", "wake", "wire",
]  # fmt: skip
