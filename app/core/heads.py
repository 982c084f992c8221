"""Heads of requests, of which the server takes a hundred lines of eight kilobytes.

Whoever sends so much asks for half a second of everybody's pages: cookies and what a browser accepts are taken apart in
Python, for each request, before anything asks who sends it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import RequestHeaderFieldsTooLarge

#: A browser sends one or two thousand bytes, and never more cookies than we gave it.
MOST = 32 * 1024


def short_headed(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, which is not called for a head of more than MOST bytes (431)."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        of_head = sum(len(value) for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_")))
        answer = RequestHeaderFieldsTooLarge().get_response(environ) if of_head > MOST else app
        return answer(environ, start_response)

    return call
