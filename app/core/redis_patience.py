"""Asking a Redis that has fallen silent: one asks, everybody else goes on without it.

A server that refuses is no trouble, its refusal takes no time. One that says nothing, because it is frozen or the
network swallows what is sent, takes each who asks as long as they have patience for, and a request asks a dozen times.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

#: Seconds that a connection, and an answer, are waited for.
TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 2.0}
#: Seconds after which one may ask again, and for which nobody else may while that one waits.
REST, TRIAL = 2.0, 3.0


class Patience(Retry):
    """Goes round every command of a process's connections, which share it. Commands are never repeated."""

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)
        self._silent_until = 0.0
        self._asking = 0  # which thread may

    def __deepcopy__(self, memo: Any) -> Self:
        """Itself, where redis would give each connection one of its own."""
        return self

    def call_with_retry(self, do: Callable[..., Any], fail: Callable[..., Any], *more: Any, **named: Any) -> Any:
        """Do it, or raise ConnectionError at once while the server is silent and somebody has asked it lately."""
        me = threading.get_ident()
        if self._silent_until and self._asking != me:
            if time.monotonic() < self._silent_until:
                raise ConnectionError("Redis has fallen silent")
            self._silent_until, self._asking = time.monotonic() + TRIAL, me
        try:
            done = super().call_with_retry(do, fail, *more, **named)
        except TimeoutError:
            self._silent_until, self._asking = time.monotonic() + REST, 0
            raise
        except BaseException:
            self._silent_until = 0.0
            raise
        self._silent_until = 0.0
        return done


_patience = Patience()


def patiently() -> dict[str, Any]:
    """How a client of this process connects and waits: options for `redis.Redis.from_url`."""
    return {**TIMEOUTS, "retry": _patience}
