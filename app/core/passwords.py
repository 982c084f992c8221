"""Passwords, hashed with Argon2id. Which ones are refused is in `password_rules`, reached from here as
`password_faults`.

Parameters: 64 MiB, 3 passes, 1 lane, above the OWASP password storage cheat sheet's minimum. Passwords are
hashed exactly as typed, never trimmed, cut or changed in case (ASVS 6.2.8).
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST

from app.core.password_rules import password_faults

__all__ = [
    "CHEAPEST_PARAMS",
    "DEFAULT_PARAMS",
    "HashParams",
    "hash_password",
    "needs_rehash",
    "password_faults",
    "verify_password",
]

# Each hash takes 64 MiB: a burst of sign-ins must queue, not exhaust the memory.
CONCURRENT_HASHES = 2

Result = TypeVar("Result")

_slots: threading.BoundedSemaphore | None = None


@dataclass(frozen=True, slots=True)
class HashParams:
    """The cost of a hash: memory in KiB, passes over it, lanes."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 1


DEFAULT_PARAMS = HashParams()
# For tests only: the least that Argon2 accepts.
CHEAPEST_PARAMS = HashParams(memory_kib=CHEAPEST.memory_cost, passes=1, lanes=1)


def hash_password(password: str, params: HashParams = DEFAULT_PARAMS) -> str:
    """Return the Argon2id hash with its salt and cost, fit to be stored. Raises ValueError if the text is not
    Unicode.
    """
    encoded = _encoded(password)
    if encoded is None:
        raise ValueError("The password holds characters that cannot be stored.")
    return _in_a_slot(lambda: _hasher(params).hash(encoded))


def verify_password(stored: str | None, password: str, params: HashParams = DEFAULT_PARAMS) -> bool:
    """Tell whether `password` is the one hashed in `stored`.

    With None, for an unknown user, a dummy hash of cost `params` is checked, so that the answer takes as
    long.
    """
    encoded = _encoded(password)
    reference = stored if stored is not None else _dummy_hash(params)
    matches = _in_a_slot(lambda: _matches(reference, encoded or b"", params))
    return matches and stored is not None and encoded is not None


def needs_rehash(stored: str, params: HashParams = DEFAULT_PARAMS) -> bool:
    """Tell whether `stored` was made at another cost, so that the next successful sign-in should store a new
    hash.
    """
    try:
        return _hasher(params).check_needs_rehash(stored)
    except InvalidHashError:
        return True


@lru_cache(maxsize=8)
def _hasher(params: HashParams) -> PasswordHasher:
    return PasswordHasher(
        time_cost=params.passes, memory_cost=params.memory_kib, parallelism=params.lanes, type=Type.ID
    )


@lru_cache(maxsize=8)
def _dummy_hash(params: HashParams) -> str:
    return _in_a_slot(lambda: _hasher(params).hash("nobody has this password"))


def _encoded(password: str) -> bytes | None:
    try:
        return password.encode()
    except UnicodeEncodeError:
        return None


def _matches(reference: str, encoded: bytes, params: HashParams) -> bool:
    """Answers instead of raising: gevent writes whatever is raised in a thread of its hub to the log, with a traceback,
    and a wrong password is no fault.
    """
    try:
        return _hasher(params).verify(reference, encoded)
    except (VerificationError, InvalidHashError):
        return False


def _in_a_slot(call: Callable[[], Result]) -> Result:
    """Run a hash when a slot is free. Under gevent it runs in the hub's own threads: 150 ms in C would stop
    every stream.
    """
    global _slots
    if _slots is None:
        # Made at first use, so that it is gevent's semaphore where gevent has patched threading.
        _slots = threading.BoundedSemaphore(CONCURRENT_HASHES)
    with _slots:
        monkey = sys.modules.get("gevent.monkey")
        if monkey is not None and monkey.is_module_patched("threading"):
            return sys.modules["gevent"].get_hub().threadpool.apply(call)
        return call()
