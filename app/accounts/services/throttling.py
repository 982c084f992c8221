"""Slowing guesses down: after five failures an account waits fifteen minutes, for each kind of device apart.

Attempts are counted *before* the password is looked at, and the count is kept whatever the answer: a hundred guesses at
once meet one counter, and a crash or a refusal forgets none. A right password takes its count back. Accounts that do
not exist are counted alike, so that waiting tells nobody which ones do.
"""

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, text

from app.accounts.models import LoginThrottle
from app.extensions import db

FAILURES = 5
WAIT = timedelta(minutes=15)

# A wait that is over, or the same time without any attempt, starts the count anew. During the wait the count goes on
# (that is what refuses), while its end stays where it is: nobody can keep an account shut by knocking.
_COUNT = text(
    """
    insert into login_throttles as t (key_hash, failures, last_failure_at) values (:key, 1, clock_timestamp())
    on conflict (key_hash) do update set
        failures = case when coalesce(t.locked_until, t.last_failure_at + :wait) <= clock_timestamp() then 1
                        else least(t.failures + 1, 1000) end,
        locked_until = case when coalesce(t.locked_until, t.last_failure_at + :wait) <= clock_timestamp() then null
                            when t.failures + 1 = :most then clock_timestamp() + :wait
                            else t.locked_until end,
        last_failure_at = clock_timestamp()
    returning failures, locked_until - clock_timestamp() as wait
    """
)


class TooManyFailures(Exception):
    """The account waits for this kind of device; `wait` says how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many attempts")
        self.wait = wait


def throttle_key(account: str, device: str = "", act: str = "sign-in") -> bytes:
    """The counter of an account (as typed, normalised) and a device: "" is any browser that is not known.

    Each act has counters of its own: asking for a link never makes a sign-in wait.
    """
    pepper: bytes = current_app.extensions["index_pepper"]
    return hmac.new(pepper, f"{act}\0{account}\0{device}".encode(), hashlib.sha256).digest()


def count_attempt(key: bytes, *, most: int = FAILURES, wait: timedelta = WAIT) -> timedelta | None:
    """Count an attempt. Returns None when it may go on, else how long to wait before the next.

    The last of `most` may still go on; if it fails too, the wait has begun.
    """
    row = db.session.execute(_COUNT, {"key": key, "wait": wait, "most": most}).one()
    return row.wait if row.failures > most else None


def forget_attempts(*keys: bytes) -> None:
    """Start counting anew after a right password, or a new one."""
    db.session.execute(delete(LoginThrottle).where(LoginThrottle.key_hash.in_(keys)))
