"""Rows of an Excel workbook (.xlsx), guarded: an archive is measured before any of it is unpacked.

openpyxl reads what is small, the list of sheets and the styles, by defusedxml when that is installed (it is,
requirements.in): entities are refused. What grows with the rows is read by sheets.py.
"""

import io
import warnings
import zipfile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.xml.constants import SHARED_STRINGS

from app.core.errors import Invalid
from app.core.spreadsheets.sheets import SharedTexts, Sheet, Values

#: What all parts together may take when unpacked: ten times what a sheet of 20,000 rows takes.
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000
#: So many tags all parts may have, half as many again as a sheet of 50,000 customers. Each takes time to read, however
#: small it is; one that openpyxl makes an object of takes as much as fifty others.
MOST_TAGS = 10_000_000
_OBJECTS = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
_OBJECT_COUNTS = 50
_PIECE = 1024 * 1024


def rows_of_workbook(content: bytes, *, most_rows: int, most_columns: int) -> tuple[list[list[str]], list[str]]:
    """The rows of the first sheet that has any, blank ones included, and notes for a person.

    Reading ends a little after `most_rows`. Raises Invalid({"file": …}) for what is no workbook or unpacks to too much.
    """
    _measure(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts of Excel that hold no rows
        try:
            return _read(content, most_rows, most_columns)
        except (Invalid, MemoryError):
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
                counts = _OBJECT_COUNTS if part.filename in _OBJECTS else 1
                with archive.open(part) as unpacked:
                    while found <= MOST_TAGS and (piece := unpacked.read(_PIECE)):
                        found += counts * piece.count(b"<")
    except Exception:  # whatever a broken or made-up archive makes the library stumble over
        raise _unreadable() from None
    return found


def _read(content: bytes, most_rows: int, most_columns: int) -> tuple[list[list[str]], list[str]]:
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    with reader.archive as archive:
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(archive, reader.wb)
        values = _values(reader)
        sheets = [
            relation.target for _, relation in reader.parser.find_sheets()
            if "chartsheet" not in relation.Type and relation.target in reader.valid_files
        ]  # fmt: skip
        for path in dict.fromkeys(sheets):
            sheet = Sheet(values, most_rows=most_rows, most_columns=most_columns)
            with archive.open(path) as source:
                sheet.read(source)
            if any(sheet.rows):
                note = f"This workbook has {len(sheets)} sheets; only the first with rows was read."
                return sheet.rows, [note] if len(sheets) > 1 else []
    raise Invalid({"file": "There are no rows in this workbook."})


def _values(reader: ExcelReader) -> Values:
    shared, part = SharedTexts(), reader.package.find(SHARED_STRINGS)
    if part is not None:
        with reader.archive.open(part.PartName[1:]) as source:
            shared.read(source)
    book = reader.wb
    return Values(shared.texts, frozenset(book._date_formats), frozenset(book._timedelta_formats), book.epoch)


def _unreadable() -> Invalid:
    return Invalid({"file": "This workbook can't be read. Open it, save it as .xlsx or .csv, and try again."})
