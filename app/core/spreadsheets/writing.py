"""Writing tables: CSV and Excel that no spreadsheet runs anything of.

Opened in a spreadsheet a cell that begins like a formula is one, so it gets an apostrophe before it (OWASP, CSV
injection). A phone number with its country code is spared: it is digits alone and must come back as it went out.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | int | Decimal | None

_PHONE = re.compile(r"\+[0-9][0-9 ]{5,20}")
_FORMULA = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r", "\n", "\0")
_LONGEST_CELL = 32_767
_WIDEST = 48  # characters; longer cells are cut off to the eye


def safe(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    if _PHONE.fullmatch(cell):
        return cell
    first = unicodedata.normalize("NFKC", cell.lstrip())[:1]  # full-width signs are read as the plain ones
    return "'" + cell if cell.startswith(_CONTROLS) or first in _FORMULA else cell


def unsafe(cell: str) -> str:
    """What `safe` was given, for a cell that was read back."""
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) == cell else cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as CSV: UTF-8 with its mark, CRLF, texts quoted, numbers as they are, None blank."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([safe(title) for title in header])
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as an Excel workbook of one sheet whose first row stays in sight. Cells as `write_csv` has them."""
    # Here, since few processes ever need it and all would wait for it.
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def as_held(cell: Cell) -> Cell:
        """The cell as XML can hold it."""
        return safe(ILLEGAL_CHARACTERS_RE.sub("", cell))[:_LONGEST_CELL] if isinstance(cell, str) else cell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.freeze_panes = "A2"
    made = [[as_held(cell) for cell in row] for row in rows]
    for number, title in enumerate(header):
        widest = max([len(title), *(len(str(row[number] or "")) for row in made if number < len(row))])
        sheet.column_dimensions[_letters(number)].width = min(widest, _WIDEST) + 2
    sheet.append([as_held(title) for title in header])
    for row in made:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _plain(cell: Cell) -> Cell:
    return "" if cell is None else safe(cell) if isinstance(cell, str) else cell


def _letters(number: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name, rest = "", number + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        name = chr(65 + place) + name
    return name
