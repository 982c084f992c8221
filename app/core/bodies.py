"""Bodies of requests, of which the web process takes the beginning in before anything else is done for them.

Whoever sends a body byte by byte would hold what the view holds meanwhile: a connection of the database, of which a
process has twenty, or a lock on a lead, or one of the few places for files. A few dozen such requests would be all it
takes.
"""

import io
import time
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from werkzeug.exceptions import RequestTimeout

from app.config import LARGEST_FORM

#: So much lies in memory before the view is called of a body that is larger than any form: of files, tables and mails,
#: whose views hold nothing while the rest comes. Of any other all does, for views read their form when they need it.
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

    def take_in(self, most: int = TAKEN_IN) -> None:
        """Keep the beginning, up to so many bytes."""
        parts, size = [], 0
        while size < most and (part := self._next(most - size)):
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
                body.take_in(TAKEN_IN if _is_larger_than_forms(environ) else LARGEST_FORM)
            except RequestTimeout as slow:
                return slow.get_response(environ)(environ, start_response)
            environ["wsgi.input"] = body
        return app(environ, start_response)

    return call


def _is_larger_than_forms(environ: dict[str, Any]) -> bool:
    stated = environ.get("CONTENT_LENGTH", "")
    return stated.isdecimal() and int(stated) > LARGEST_FORM
