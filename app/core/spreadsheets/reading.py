"""Reading a table that somebody brings in: CSV or Excel, known by what is in it and not by its name."""

import sys
from collections.abc import Callable
from typing import TypeVar

from app.core.errors import Invalid
from app.core.spreadsheets.csv_files import rows_of_csv
from app.core.spreadsheets.tables import Table, table_of
from app.core.spreadsheets.workbooks import rows_of_workbook

__all__ = ["Table", "read_table"]

Result = TypeVar("Result")

#: More columns than any table of customers has.
MOST_COLUMNS = 200
_ARCHIVE = b"PK\x03\x04"
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

    Raises Invalid({"file": …}), in words for who chose it, for what is no table, too large, locked or of another kind.
    """
    _refuse_others(content, name)
    return _beside(lambda: _read(content, most_rows, most_columns))


def _read(content: bytes, most_rows: int, most_columns: int) -> Table:
    if content.startswith(_ARCHIVE):
        rows, notes = rows_of_workbook(content, most_rows=most_rows, most_columns=most_columns)
        return table_of(rows, "xlsx", most_rows=most_rows, most_columns=most_columns, notes=notes)
    return table_of(rows_of_csv(content), "csv", most_rows=most_rows, most_columns=most_columns)


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
    if not content.startswith(_ARCHIVE) and _is_binary(content[:4_000]):
        raise Invalid({"file": "This is no table. Choose a .csv or .xlsx file."})


def _is_binary(start: bytes) -> bool:
    """Whether bytes can be no text: control characters other than blanks, where noughts do not speak of UTF-16."""
    noughts = start.count(0)
    if noughts > len(start) // 4:
        return not (start[::2].count(0) > 0.9 * noughts or start[1::2].count(0) > 0.9 * noughts)
    controls = sum(1 for byte in start if 0 < byte < 9 or 13 < byte < 32)
    return controls > len(start) // 50


def _beside(call: Callable[[], Result]) -> Result:
    """Under gevent read in a thread of the hub's own, or a large workbook would stop every other page for seconds."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("threading"):
        return sys.modules["gevent"].get_hub().threadpool.apply(call)
    return call()
