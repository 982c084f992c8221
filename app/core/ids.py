"""Row ids: UUIDv7 made in Python, because encryption binds a value to its row before the row exists."""

import os
import threading
import time
from uuid import UUID

# RFC 9562 section 6.2, method 1: a counter of 42 bits (rand_a and the top 30 bits of rand_b) keeps the ids of
# one millisecond in order; the last 32 bits are random. A fresh counter starts in the lower half, so it
# cannot overflow within a millisecond in practice.
_COUNTER_BITS = 42
_COUNTER_START_MASK = (1 << (_COUNTER_BITS - 1)) - 1
_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new_id() -> UUID:
    """Return a fresh UUIDv7. Later calls in one process always sort after earlier ones, even if the clock
    steps back.

    Ids are not secrets: anything that grants access needs a token of its own (ASVS 11.5.1).
    """
    global _last_ms, _counter
    noise = int.from_bytes(os.urandom(10), "big")
    now = time.time_ns() // 1_000_000
    with _lock:
        if now > _last_ms:
            _last_ms, _counter = now, (noise >> 32) & _COUNTER_START_MASK
        else:
            _counter += 1
            if _counter >> _COUNTER_BITS:
                _last_ms, _counter = _last_ms + 1, 0
        ms, count = _last_ms, _counter
    high, low = count >> 30, count & 0x3FFFFFFF
    return UUID(int=(ms << 80) | (high << 64) | (low << 32) | (noise & 0xFFFFFFFF) | _VERSION_AND_VARIANT)


def parse_id(text: str | None) -> UUID | None:
    """Return the UUID written in `text` in its usual hyphenated form (any case), or None if it is anything
    else.
    """
    if not isinstance(text, str) or len(text) != 36:
        return None
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text.lower() else None


def _start_afresh_after_fork() -> None:
    """Forget the parent's counter, and its lock, which another thread may have held at the fork."""
    global _lock, _last_ms
    _lock = threading.Lock()
    _last_ms = 0


os.register_at_fork(after_in_child=_start_afresh_after_fork)
