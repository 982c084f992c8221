"""Writing tables: CSV and Excel that no spreadsheet runs anything of.

Opened in a spreadsheet a cell that begins like a formula is one, so it gets an apostrophe before it (OWASP, CSV
injection). A phone number with its country code is spared: it is digits alone and must come back as it went out.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape  # it writes XML, it reads none

Cell = str | int | Decimal | None

_PHONE = re.compile(r"\+[0-9][0-9 ]{5,20}")
_FORMULA = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r", "\n", "\0")
_LONGEST_CELL = 32_767
#: What no XML may hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = ' s="2"'
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
    return codecs.BOM_UTF8 + csv_lines([header]) + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Some lines of such a table."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return text.getvalue().encode("utf-8", "replace")


def xlsx_rows(rows: Iterable[Sequence[Cell]], first: int, *, is_head: bool = False) -> bytes:
    """Rows of a workbook's sheet as XML, from row number `first` on; the formats of cells are those of zipped.py."""
    written = []
    for number, row in enumerate(rows, start=first):
        cells = "".join(_xlsx_cell(cell, is_head) for cell in row)
        written.append(f'<row r="{number}">{cells}</row>')
    return "".join(written).encode("utf-8", "replace")


def _xlsx_cell(cell: Cell, is_head: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if not isinstance(cell, str):
        return f'<c s="1"><v>{cell}</v></c>' if isinstance(cell, Decimal) else f"<c><v>{cell}</v></c>"
    held = escape(safe(_NOT_IN_XML.sub("", cell))[:_LONGEST_CELL].replace("\r\n", "\n").replace("\r", "\n"))
    return f'<c t="inlineStr"{_HEAD if is_head else ""}><is><t xml:space="preserve">{held}</t></is></c>'


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
