"""Bodies of requests, of which the web process takes the beginning in before anything else is done for them.

Whoever sends a body byte by byte would hold what the view holds meanwhile: a connection of the database, of which a
process has twenty, or one of the few places for files. A few dozen such requests would be all it takes.
"""

import io
import time
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from werkzeug.exceptions import RequestTimeout

#: So much of a body lies in memory before its view is called: all of it, but for files and tables.
TAKEN_IN = 64 * 1024
#: How long the beginning may take, in seconds, and how many bytes a second must come from then on. A telephone at the
#: edge of its net (GPRS) does twice that.
GRACE, RATE = 20.0, 4 * 1024
_AT_ONCE = 16 * 1024


class SteadyBody(io.RawIOBase):
    """A request's body that has to come at a certain rate. Reading raises RequestTimeout (408) where it doesn't."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self._body = body
        self._begun = time.monotonic()
        self._came = 0
        self._kept = b""

    def take_in(self) -> None:
        """Keep the beginning, up to TAKEN_IN bytes."""
        parts, size = [], 0
        while size < TAKEN_IN and (part := self._next(TAKEN_IN - size)):
            parts.append(part)
            size += len(part)
        self._kept = b"".join(parts)

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, or as much of it as there is at once; 0 at the end."""
        wanted = len(buffer)
        if self._kept:
            part, self._kept = self._kept[:wanted], self._kept[wanted:]
        else:
            part = self._next(wanted)
        buffer[: len(part)] = part
        return len(part)

    def _next(self, wanted: int) -> bytes:
        left = GRACE + self._came / RATE - (time.monotonic() - self._begun)
        # What came quickly before earns nobody a longer pause.
        with gevent.Timeout(min(max(left, 0.001), GRACE), RequestTimeout()):
            part: bytes = self._body.read(min(wanted, _AT_ONCE))
        self._came += len(part)
        return part


def steady(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, called once the beginning of a request's body is there."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            body = SteadyBody(environ["wsgi.input"])
            try:
                body.take_in()
            except RequestTimeout as slow:
                return slow.get_response(environ)(environ, start_response)
            environ["wsgi.input"] = body
        return app(environ, start_response)

    return call
