"""Reading a table that somebody brings in: CSV or Excel, known by what is in it and not by its name.

It is read by program.py, in a process of its own: not by a thread beside those that hash passwords, nor under the one
lock that all pages take turns with.
"""

from pathlib import Path
from threading import BoundedSemaphore

import orjson
import structlog

from app.core.bare_process import places_of, run_bare
from app.core.errors import Invalid
from app.core.spreadsheets.table_files import ARCHIVE
from app.core.spreadsheets.tables import Table

__all__ = ["Table", "read_table"]

log = structlog.get_logger(__name__)

#: More columns than any table of customers has.
MOST_COLUMNS = 200
_PROGRAM = str(Path(__file__).with_name("program.py"))
_ROOT = str(Path(__file__).parents[3])
#: By the clock; program.py says how much of a processor's time a file may take.
_SECONDS, _SECONDS_TO_WAIT = 60, 10
#: How many files are read together, in one process of web: each may take a processor and most of a gigabyte.
_SEATS = BoundedSemaphore(2)
_TOO_MUCH = "This file takes too long to read. Keep only the columns and rows that are needed, or save it as .csv."
_BUSY = "Too many files are being read just now. Try again in a few seconds."
_BROKEN = "Files can't be read just now. Nothing was kept; try again."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "This is a PDF. Save the table itself as .csv or .xlsx."),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"), "This is a picture. Save the table itself as .csv or .xlsx."),
    ((b"<!DOC", b"<html", b"<HTML", b"<?xml", b"<table"), "This is a web page, whatever its name. Save it as .csv."),
    ((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"), "This is a packed archive. Unpack it and choose the table in it."),
    (b"{\\rtf", "This is a text document. Save the table itself as .csv or .xlsx."),
)


def read_table(content: bytes, name: str, *, most_rows: int, most_columns: int = MOST_COLUMNS) -> Table:
    """The table in a file. `name` is what it was called, which only helps to say what is wrong with it.

    It may take a while: no connection to the database should be held meanwhile. Raises Invalid({"file": …}), in words
    for who chose it, for what is no table, too large, locked or of another kind, and when too much is being read.
    """
    _refuse_others(content, name)
    arguments = [_ROOT, str(most_rows), str(most_columns), *places_of("openpyxl", "defusedxml")]
    if not _SEATS.acquire(timeout=_SECONDS_TO_WAIT):
        raise Invalid({"file": _BUSY})
    try:
        code, printed = run_bare(_PROGRAM, arguments, content, seconds=_SECONDS)
    finally:
        _SEATS.release()
    if code is None or code < 0:  # it took too long, or the system ended it: too much memory or time
        raise Invalid({"file": _TOO_MUCH})
    if code:
        log.error("table_reader_failed", code=code)
        raise Invalid({"file": _BROKEN})
    known = orjson.loads(printed)
    if "refused" in known:
        raise Invalid(known["refused"] or {"file": _TOO_MUCH})
    rows = [(position, cells) for position, cells in known["rows"]]
    return Table(header=known["header"], rows=rows, kind=known["kind"], notes=tuple(known["notes"]))


def _refuse_others(content: bytes, name: str) -> None:
    start = content[:2_000].lstrip()
    if not start:
        raise Invalid({"file": "This file is empty."})
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Invalid({"file": "This workbook is locked with a password. Save a copy without one."})
        raise Invalid({"file": "This is an old kind of Excel file (.xls). Open it and save it as .xlsx or .csv."})
    for beginnings, words in _OTHERS:
        if start.startswith(beginnings):
            raise Invalid({"file": words})
    if name.lower().endswith((".numbers", ".ods")):
        raise Invalid({"file": "Export this table as .xlsx or .csv first."})
    if not content.startswith(ARCHIVE) and _is_binary(content[:4_000]):
        raise Invalid({"file": "This is no table. Choose a .csv or .xlsx file."})


def _is_binary(start: bytes) -> bool:
    """Whether bytes can be no text: control characters other than blanks, where noughts do not speak of UTF-16."""
    noughts = start.count(0)
    if noughts > len(start) // 4:
        return not (start[::2].count(0) > 0.9 * noughts or start[1::2].count(0) > 0.9 * noughts)
    controls = sum(1 for byte in start if 0 < byte < 9 or 13 < byte < 32)
    return controls > len(start) // 50
