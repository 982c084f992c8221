"""Writing large tables piece by piece: what one process has written another goes on with.

Joined, the pieces are the file. Between two of them only `Written` need be kept: a piece of CSV is lines, and one of
Excel is deflated for itself and flushed, so that the next needs nothing of what came before it. No more than a piece is
ever in memory, and nothing lies in a temporary file. Cells are kept from being formulas as in `writing.py`.
"""

import codecs
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from app.core.spreadsheets import zipped
from app.core.spreadsheets.writing import Cell, csv_lines, xlsx_rows


@dataclass(frozen=True, slots=True)
class Written:
    """How far a table has got: its rows with the head, and the checksum and sizes of what a workbook's sheet holds."""

    rows: int = 0
    crc: int = 0
    plain: int = 0
    packed: int = 0

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Written":
        """What `kept` was."""
        return cls(**kept)

    def kept(self) -> dict[str, int]:
        """As plain figures, for JSON."""
        return asdict(self)


class PieceWriter(Protocol):
    """A kind of file that is written in pieces: one that begins it, any number that go on, one that ends it."""

    content_type: str

    def begin(self, header: Sequence[str], widths: Sequence[int]) -> tuple[bytes, Written]:
        """The beginning, with the titles; `widths` are those of the columns in characters, where that is said."""

    def go_on(self, rows: Iterable[Sequence[Cell]], written: Written) -> tuple[bytes, Written]:
        """The rows that follow on what was written."""

    def end(self, written: Written) -> bytes:
        """What closes the file."""


class CsvPieces:
    """CSV as `writing.write_csv` writes it."""

    content_type = "text/csv; charset=utf-8"

    def begin(self, header: Sequence[str], widths: Sequence[int]) -> tuple[bytes, Written]:
        """The mark of UTF-8 and the titles."""
        return codecs.BOM_UTF8 + csv_lines([header]), Written(rows=1)

    def go_on(self, rows: Iterable[Sequence[Cell]], written: Written) -> tuple[bytes, Written]:
        """Lines."""
        listed = list(rows)
        return csv_lines(listed), Written(rows=written.rows + len(listed))

    def end(self, written: Written) -> bytes:
        """Nothing: the last line is the end."""
        return b""


class XlsxPieces:
    """An Excel workbook of one sheet whose first row stays in sight. Its sheet is the last part of the archive."""

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def begin(self, header: Sequence[str], widths: Sequence[int]) -> tuple[bytes, Written]:
        """The workbook's other parts, and the sheet up to its titles."""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(widths, start=1)
        )
        sheet = zipped.SHEET_HEAD.format(columns=f"<cols>{columns}</cols>" if columns else "").encode()
        packed, written = _packed(sheet + xlsx_rows([header], 1, is_head=True), Written())
        return zipped.PREFIX + packed, Written(1, written.crc, written.plain, written.packed)

    def go_on(self, rows: Iterable[Sequence[Cell]], written: Written) -> tuple[bytes, Written]:
        """Rows of the sheet."""
        listed = list(rows)
        packed, further = _packed(xlsx_rows(listed, written.rows + 1), written)
        return packed, Written(written.rows + len(listed), further.crc, further.plain, further.packed)

    def end(self, written: Written) -> bytes:
        """The end of the sheet, and the archive's list of what is in it."""
        packed, whole = _packed(zipped.SHEET_FOOT, written, is_last=True)
        return packed + zipped.directory(whole.crc, whole.packed, whole.plain)


WRITERS: dict[str, PieceWriter] = {"csv": CsvPieces(), "xlsx": XlsxPieces()}


def _packed(text: bytes, before: Written, *, is_last: bool = False) -> tuple[bytes, Written]:
    """Deflated so that it stands after `before`, and what is written with it."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(text) + deflate.flush(zlib.Z_FINISH if is_last else zlib.Z_FULL_FLUSH)
    return packed, Written(
        before.rows, zlib.crc32(text, before.crc), before.plain + len(text), before.packed + len(packed)
    )
