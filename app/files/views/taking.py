"""Taking in one file whose bytes are the body of the request, few at a time, without holding the database meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import structlog
from flask import Response, request

from app.core.errors import Invalid
from app.core.keyring import cipher
from app.core.transactions import keep
from app.core.uploads import Places
from app.files.models import File
from app.files.ports import StoreUnavailable
from app.files.services import ExaminerFailed
from app.files.services.naming import told_apart

log = structlog.get_logger(__name__)
_PLACES = Places(8)
BUSY = "Too many files are coming in at once. Try again in a few seconds."
BROKEN = "Files can't be taken just now. Nothing was kept; try again."


@contextmanager
def in_hand() -> Iterator[bool]:
    """One of the few places for files in memory; False when none became free in time."""
    cipher()  # its keys are read now, while there is a connection
    with _PLACES.take() as got:
        yield got


def take_in(add: Callable[[str, bytes], File]) -> Response:
    """Give `add` the file's name (X-File-Name) and its bytes. Answers 201, or why not in words.

    The 201 has words only of a file that is not what its name says.
    """
    with in_hand() as got:
        if not got:
            return words(BUSY, 503)
        try:
            content = request.get_data(cache=False)
            keep()
            name = unquote(request.headers.get("X-File-Name", ""))
            file = add(name, content)
        except Invalid as invalid:
            return words(invalid.errors["file"], 422)
        except (StoreUnavailable, ExaminerFailed) as error:
            log.error("file_not_kept", error=type(error).__name__, code=str(error))
            return words(BROKEN, 503)
    return words(told_apart(name, file.name, file.content_type), 201)


def words(text: str, status: int) -> Response:
    """An answer of one sentence."""
    return Response(text, status, content_type="text/plain; charset=utf-8")
