"""The parts of a workbook that grow with its rows, read as their XML comes: the texts that cells share, and a sheet.

Not by openpyxl, which makes each row as wide as its last cell, however empty, and objects of what holds no rows at
all: few bytes made to do harm kept it busy for minutes. Here a tag costs the same wherever it stands, nothing is made
of what is not there, and the first cell too many ends the reading.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.parsers import expat

from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel, from_ISO8601
from openpyxl.xml.constants import SHEET_MAIN_NS

from app.core.errors import Invalid
from app.core.spreadsheets.tables import LAST_ROW, WIDEST_ROW, refuse_vast

#: So many blank rows end a sheet that is formatted down to its last row.
_BLANK_ROWS = 10_000
_PIECE = 1024 * 1024
_DAY_BEGINS = time(0)
_DATA, _ROW, _CELL, _VALUE, _SHARED, _TEXT, _SPOKEN = (
    f"{SHEET_MAIN_NS} {name}" for name in ("sheetData", "row", "c", "v", "si", "t", "rPh")
)


class _Part:
    """A part under way, told to `begin` and `end` tag by tag. Entities could unfold to anything: a document type is
    refused.
    """

    def __init__(self, begin: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> None:
        self.is_done = False
        self._pieces: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler, self._parser.EndElementHandler = begin, end
        self._parser.StartDoctypeDeclHandler = _refuse

    def read(self, source: IO[bytes]) -> None:
        """Read to the end, or until nothing more is wanted. Raises ExpatError and ValueError for what is broken."""
        while not self.is_done and (piece := source.read(_PIECE)):
            if len(piece) == _PIECE and b"<" not in piece:
                raise ValueError("no cell is as long as that")
            self._parser.Parse(piece)
        if not self.is_done:
            self._parser.Parse(b"", True)

    def _stop(self) -> None:
        self.is_done = True
        self._parser.StartElementHandler = self._parser.EndElementHandler = None

    def _listen(self, yes: bool) -> None:
        self._parser.CharacterDataHandler = self._pieces.append if yes else None


class SharedTexts(_Part):
    """The texts that cells name by their number, in `texts`; how they are spoken in Japanese is left out."""

    def __init__(self) -> None:
        super().__init__(self._begin, self._end)
        self.texts: list[str] = []
        self._is_spoken = False

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == _TEXT:
            self._listen(not self._is_spoken)
        elif name == _SHARED:
            self._pieces = []
        elif name == _SPOKEN:
            self._is_spoken = True

    def _end(self, name: str) -> None:
        if name == _TEXT:
            self._listen(False)
        elif name == _SHARED:
            refuse_vast(len(self.texts))
            self.texts.append("".join(self._pieces).replace("x005F_", ""))  # an underscore that stands for itself
        elif name == _SPOKEN:
            self._is_spoken = False


@dataclass(frozen=True, slots=True)
class Values:
    """What cells name instead of holding it: shared texts, and which styles show a number as a day or a time."""

    texts: list[str]
    dates: Collection[int]
    times: Collection[int]
    epoch: datetime = WINDOWS_EPOCH

    def text(self, kind: str, style: str, held: str) -> str:
        """A cell's value as text. Raises ValueError and IndexError for what can be none."""
        if kind == "s":
            return self.texts[int(held)]
        if kind == "b":
            return "Yes" if int(held) else "No"
        if kind == "d":
            return text_of(from_ISO8601(held))
        if kind != "n":
            return held
        number = float(held) if "." in held or "E" in held or "e" in held else int(held)
        if int(style) not in self.dates:
            return text_of(number)
        try:
            return text_of(from_excel(number, self.epoch, timedelta=int(style) in self.times))
        except (OverflowError, ValueError):
            return "#VALUE!"


class Sheet(_Part):
    """The rows of a sheet, in `rows`, blank ones included; reading ends a little after `most_rows` that have words."""

    def __init__(self, values: Values, *, most_rows: int, most_columns: int) -> None:
        super().__init__(self._begin, self._end)
        self.rows: list[list[str]] = []
        self._text_of: Callable[[str, str, str], str] = values.text
        self._most_rows, self._most_columns = most_rows, most_columns
        self._row: list[str] = []
        self._number = self._column = self._filled = self._blank = self._cells = self._characters = 0
        self._kind, self._style, self._wanted = "n", "0", _VALUE

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == _CELL:
            place = attributes.get("r")
            self._column = column_index_from_string(place.rstrip("0123456789")) if place else self._column + 1
            if self._column > WIDEST_ROW:
                raise self._too_wide()  # however empty: no spreadsheet has such a column
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._wanted = _TEXT if self._kind == "inlineStr" else _VALUE
            self._pieces = []
        elif name == self._wanted:
            self._listen(True)
        elif name == _ROW:
            self._begin_row(attributes.get("r"))
        elif name == _SPOKEN:
            self._wanted = ""

    def _end(self, name: str) -> None:
        if name == self._wanted:
            self._listen(False)
        elif name == _CELL:
            held = "".join(self._pieces)
            if held:
                self._put(self._text_of(self._kind, self._style, held))
        elif name == _ROW:
            self._end_row()
        elif name == _SPOKEN:
            self._wanted = _TEXT
        elif name == _DATA:  # rules, links and merged cells follow
            self._stop()

    def _begin_row(self, number: str | None) -> None:
        self._row, self._column = [], 0
        self._number = int(float(number)) if number else self._number + 1
        if self._number > LAST_ROW:
            raise ValueError("no spreadsheet has such a row")
        left_out = max(0, self._number - len(self.rows) - 1)
        self._blank += left_out
        if self._blank > _BLANK_ROWS:
            self._stop()
        else:
            self.rows.extend([[]] * left_out)

    def _too_wide(self) -> Invalid:
        return Invalid({"file": f"A row has more than {self._most_columns} columns. Remove those not needed."})

    def _put(self, text: str) -> None:
        """Raises Invalid for a cell too many."""
        self._cells += 1
        if self._column > self._most_columns:
            raise self._too_wide()
        self._characters += len(text)
        refuse_vast(self._cells, self._characters)
        self._row.extend([""] * (self._column - len(self._row)))
        self._row[self._column - 1] = text

    def _end_row(self) -> None:
        if self._number <= len(self.rows):
            return  # it says that it stands above one that was read
        self.rows.append(self._row)
        self._filled, self._blank = (self._filled + 1, 0) if self._row else (self._filled, self._blank + 1)
        if self._filled > self._most_rows + 10 or self._blank > _BLANK_ROWS:
            self._stop()


def text_of(value: Any) -> str:
    """A value as text: days as 2026-11-03, moments with their time, whole numbers without decimals."""
    if isinstance(value, float):
        return f"{value:.15g}" if value != int(value) else str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == _DAY_BEGINS else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).removesuffix(" days, 0:00:00") if isinstance(value, timedelta) else str(value)


def _refuse(*declared: object) -> None:
    raise ValueError("a document type")
