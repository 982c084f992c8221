"""How large a request may be: little for a form, more for what takes files and says so; how many at once, how often."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Condition
from typing import IO, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import flask
from flask import current_app, request, session

from app.core.errors import Invalid
from app.core.form_reading import BoundedFormParser
from app.core.network import client_block, person_or_block
from app.core.transactions import keep
from app.extensions import limiter

P = ParamSpec("P")
R = TypeVar("R")

#: Bytes of a form with a table in it: 20,000 customers are four to six million.
LARGEST_TABLE = 16 * 1024 * 1024
#: What reads tables is counted together for each person: a table may take seconds of a processor.
READS_TABLES = limiter.shared_limit("12 per minute; 120 per hour", scope="tables", key_func=person_or_block)


def takes_a_file(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view's requests be as large as a file may be (MAX_UPLOAD_MIB). Goes on top of its other decorators."""
    view.takes_a_file = True  # type: ignore[attr-defined]
    return view


def takes_a_table(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view's forms carry a table of up to LARGEST_TABLE bytes as a file. Goes on top of its other decorators.

    For members' pages, which work without scripts; such a file stays in memory and is read there (see Request).
    """
    view.takes_a_table = True  # type: ignore[attr-defined]
    return view


def chosen_table() -> tuple[bytes, str]:
    """The bytes and the name of the table that came with the form. Raises Invalid({"file": …}) when none did.

    The database's connection is given back, since reading a table takes a while: what was done so far is kept.
    """
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        raise Invalid({"file": "Choose a file first."})
    content = chosen.read(LARGEST_TABLE)
    keep()
    return content, chosen.filename


def largest_file() -> int:
    """How many bytes a file may have."""
    return int(current_app.config["MAX_UPLOAD_MIB"]) * 1024 * 1024


class Places:
    """So many requests of one process may hold files in memory at a time, and half as many from one network; the next
    ones wait, then are sent away.
    """

    def __init__(self, count: int) -> None:
        self._free, self._each = count, (count + 1) // 2
        self._held: Counter[str] = Counter()
        self._change = Condition()

    @contextmanager
    def take(self, seconds: float = 10) -> Iterator[bool]:
        """Hold a place; False when none became free in time.

        The database's connection is given back for as long as the bytes take to come: what was done so far is kept.
        """
        keep()
        network = client_block()
        with self._change:
            got = self._change.wait_for(lambda: self._free > 0 and self._held[network] < self._each, seconds)
            self._count(network, 1 if got else 0)
        try:
            yield got
        finally:
            with self._change:
                self._count(network, -1 if got else 0)
                self._change.notify_all()

    def _count(self, network: str, more: int) -> None:
        self._free -= more
        self._held[network] += more
        if not self._held[network]:
            del self._held[network]


class Request(flask.Request):
    """Flask's request, whose size is limited by its view before anything looks at its body (CSRF protection does), and
    whose Referer can be taken apart.
    """

    form_data_parser_class = BoundedFormParser

    @property
    def referrer(self) -> str | None:  # type: ignore[override]
        """The page that led here; None for what is no address, which would break CSRF protection over https too."""
        given = self.headers.get("Referer")
        try:
            _ = urlsplit(given or "").port
        except ValueError:
            return None
        return given

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        """Files in a form stay in memory: what customers send never lies on a disk in the clear."""
        return BytesIO()

    @property
    def max_content_length(self) -> int | None:
        """The most bytes that are read of this request; more is answered with 413."""
        view = current_app.view_functions.get(self.endpoint or "") if current_app else None
        # Bytes as they are, only: a form of that size would be unpacked onto the disk in the clear before anybody asks.
        if getattr(view, "takes_a_file", False) and self.mimetype == "application/octet-stream":
            return largest_file()
        # Forms are read before anybody asks who sends them (CSRF protection does): a stranger's has no more room here.
        is_signed_in = "_user_id" in session  # flask-login's, in a cookie that is signed
        if getattr(view, "takes_a_table", False) and is_signed_in and self.mimetype == "multipart/form-data":
            return LARGEST_TABLE
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value
