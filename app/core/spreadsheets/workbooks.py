"""Rows of an Excel workbook (.xlsx), guarded: an archive is measured before any of it is unpacked.

openpyxl reads XML by defusedxml when that is installed (it is, requirements.in): entities are refused.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.core.errors import Invalid

#: What all parts together may take when unpacked: ten times what a sheet of 20,000 rows takes.
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000
#: So many tags all parts may have, half as many again as a sheet of 50,000 customers. Each takes time and memory to
#: read, however small it is; one of a text that cells share takes as much as eight others.
MOST_TAGS = 10_000_000
_SHARED = (b"<si", b":si")
_SHARED_COUNTS = 8
_PIECE = 1024 * 1024
_DAY_BEGINS = time(0)


def rows_of_workbook(content: bytes, *, most_rows: int, most_columns: int) -> tuple[list[list[str]], list[str]]:
    """The rows of the first sheet that has any, blank ones included, and notes for a person.

    Reading ends a little after `most_rows`. Raises Invalid({"file": …}) for what is no workbook or unpacks to too much.
    """
    _measure(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts of Excel that hold no rows
        try:
            return _read(content, most_rows, most_columns)
        except Invalid:
            raise
        except Exception:  # whatever a broken or made-up file makes the library stumble over
            raise _unreadable() from None


def _measure(content: bytes) -> None:
    """Refuse an archive by what it says of itself; nothing is unpacked beyond that, so lying about it gains nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError):
        raise _unreadable() from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Invalid({"file": "This is no Excel workbook. Save the table as .xlsx or .csv."})
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Invalid({"file": "This workbook unpacks to too much. Save the sheet alone, as .csv."})
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid({"file": "This workbook is locked with a password. Save a copy without one."})
    if _tags(content) > MOST_TAGS:
        raise Invalid({"file": "This workbook unpacks to too much. Save the sheet alone, as .csv."})


def _tags(content: bytes) -> int:
    """How many tags all parts of an archive have together; counting ends a little after MOST_TAGS."""
    found = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                with archive.open(part) as unpacked:
                    while found <= MOST_TAGS and (piece := unpacked.read(_PIECE)):
                        found += piece.count(b"<") + (_SHARED_COUNTS - 1) * sum(map(piece.count, _SHARED))
    except Exception:  # whatever a broken or made-up archive makes the library stumble over
        raise _unreadable() from None
    return found


def _read(content: bytes, most_rows: int, most_columns: int) -> tuple[list[list[str]], list[str]]:
    import openpyxl  # here, since few processes ever need it and all would wait for it

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = book.worksheets
        for sheet in sheets:
            sheet.reset_dimensions()  # some programs write them wrongly
            rows = list(_rows(sheet, most_rows, most_columns))
            if any(any(row) for row in rows):
                note = f"This workbook has {len(sheets)} sheets; only the first with rows was read."
                return rows, [note] if len(sheets) > 1 else []
    finally:
        book.close()
    raise Invalid({"file": "There are no rows in this workbook."})


def _rows(sheet: Any, most_rows: int, most_columns: int) -> Iterator[list[str]]:
    filled = empty = 0
    for cells in sheet.iter_rows(values_only=True):
        if len(cells) > most_columns and any(cell is not None for cell in cells[most_columns:]):
            raise Invalid({"file": f"A row has more than {most_columns} columns. Remove those not needed."})
        row = [text_of(cell) for cell in cells[:most_columns]]
        filled, empty = (filled + 1, 0) if any(row) else (filled, empty + 1)
        yield row
        if filled > most_rows + 10 or empty > 10_000:  # formatted down to the last row of the sheet
            return


def text_of(cell: Any) -> str:
    """A cell's value as text: days as 2026-11-03, moments with their time, whole numbers without decimals."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, float | Decimal):
        return f"{cell:.15g}" if cell != int(cell) else str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == _DAY_BEGINS else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return str(cell).removesuffix(" days, 0:00:00") if isinstance(cell, timedelta) else str(cell)


def _unreadable() -> Invalid:
    return Invalid({"file": "This workbook can't be read. Open it, save it as .xlsx or .csv, and try again."})
