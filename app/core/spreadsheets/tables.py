"""A table as it stood in a file, and making one of the rows that a reader of some format found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.core.errors import Invalid
from app.core.spreadsheets.writing import unsafe

Kind = Literal["csv", "xlsx"]
Row = tuple[int, list[str]]
#: What a cell of a spreadsheet holds at most (Excel's own limit); more is what a missing quote has swallowed.
LONGEST_CELL = 32_767
#: Excel's own limits as well: beyond them a row is not even looked at, or the next one.
WIDEST_ROW, LAST_ROW = 16_384, 1_048_576
#: Rows times columns: what 50,000 customers need who have 40 columns.
MOST_CELLS = 2_000_000
#: Characters of all cells together, as many as the largest CSV file can hold. In a workbook one text may stand in any
#: number of cells and take no room there.
MOST_CHARACTERS = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds. `rows` are (position, cells): the row's number as a spreadsheet shows it, and its cells.

    Each row has as many cells as `header` has titles, which are all different. `notes` are sentences for a person
    about what was left out.
    """

    header: list[str]
    rows: list[Row]
    kind: Kind
    notes: tuple[str, ...] = ()


def table_of(
    found: Iterable[Sequence[str]], kind: Kind, *, most_rows: int, most_columns: int, notes: Iterable[str] = ()
) -> Table:
    """The table in all rows of a file, blank ones included, the first of which is number 1.

    The header is the first row with words in two cells, or with words at all where the file has a single column; what
    stands above it is left out. Raises Invalid({"file": …}) for no rows, too many, cells too long,
    or too much in all of them.
    """
    rows: list[Row] = []
    characters = 0
    for position, cells in enumerate(found, 1):
        if position > LAST_ROW:
            raise _too_many(most_rows)
        trimmed = _trimmed(position, cells[:WIDEST_ROW], most_columns)
        if not trimmed:
            continue
        characters += sum(map(len, trimmed))
        refuse_vast(0, characters)
        rows.append((position, trimmed))
        if len(rows) > most_rows + 5:  # the header, and some lines above it
            raise _too_many(most_rows)
    first = _header_at(rows)
    if first is None or first == len(rows) - 1:
        raise Invalid({"file": "There are no rows in this file: it needs a line of titles, and rows below it."})
    body = rows[first + 1 :]
    if len(body) > most_rows:
        raise _too_many(most_rows)
    width = max(len(cells) for _, cells in rows[first:])
    refuse_vast(len(rows) * width)
    above = ["What stands above the titles was left out."] if first else []
    return Table(
        header=distinct(rows[first][1], width),
        rows=[(position, cells + [""] * (width - len(cells))) for position, cells in body],
        kind=kind,
        notes=(*notes, *above),
    )


def refuse_vast(cells: int, characters: int = 0) -> None:
    """Raise Invalid for more cells, or more characters in all of them, than a table may have."""
    if cells > MOST_CELLS:
        raise Invalid({"file": f"This file has more than {MOST_CELLS:,} cells. Remove columns that are not needed."})
    if characters > MOST_CHARACTERS:
        raise Invalid({"file": "The cells of this file hold too much text. Remove columns that are not needed."})


def distinct(titles: Sequence[str], width: int) -> list[str]:
    """The titles so that each column has one of its own: blank ones become "Column 3", repeated ones "Phone (2)"."""
    made: list[str] = []
    seen: set[str] = set()
    for number in range(width):
        title = " ".join(titles[number].split())[:100] if number < len(titles) else ""
        title = title or f"Column {number + 1}"
        name, count = title, 1
        while name.casefold() in seen:
            count += 1
            name = f"{title} ({count})"
        seen.add(name.casefold())
        made.append(name)
    return made


def _trimmed(position: int, cells: Sequence[str], most_columns: int) -> list[str]:
    """The cells without blanks round them, and without empty ones at the end. Raises Invalid for too many, too long."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    if width > most_columns:
        raise Invalid({"file": f"Row {position} has more than {most_columns} columns. Remove those not needed."})
    if width and max(map(len, cells)) > LONGEST_CELL:
        raise Invalid({"file": f"Row {position} has a cell far too long. Is a quotation mark missing before it?"})
    return [unsafe(cell.strip()) for cell in cells[:width]]


def _header_at(rows: Sequence[Row]) -> int | None:
    is_narrow = all(len(cells) < 2 for _, cells in rows)
    for number, (_, cells) in enumerate(rows):
        if is_narrow or sum(bool(cell) for cell in cells) > 1:
            return number
    return None


def _too_many(most_rows: int) -> Invalid:
    return Invalid({"file": f"This file has more than {most_rows:,} rows. Split it into smaller ones."})
