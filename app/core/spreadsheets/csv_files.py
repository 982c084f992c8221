"""Rows of a CSV file, whatever wrote it: any encoding, comma, semicolon or tab, quotes round line breaks."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from app.core.errors import Invalid

#: Excel writes what separates the cells into a first line of its own.
_SAYS_SEPARATOR = "sep="
_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 40
_SAMPLE_CHARACTERS = 200_000


def rows_of_csv(content: bytes) -> Iterator[list[str]]:
    """All rows, blank ones included. Raises Invalid({"file": …}) when a cell never ends."""
    text = decoded(content)
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith(_SAYS_SEPARATOR) and len(first.strip().strip('"')) == 5:
        yield []  # it counts as a row to a spreadsheet
        separator, text = first.strip().strip('"')[4], rest
    else:
        separator = _separator(text)
    yield from _parsed(text, separator)


def decoded(content: bytes) -> str:
    """The text of a file: by its mark, else as UTF-8, else UTF-16 by its noughts, else what Windows wrote. No NULs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    elif content.startswith(b"\xef\xbb\xbf"):
        text = content[3:].decode("utf-8", "replace")
    elif content[:4_000].count(0) > len(content[:4_000]) // 4:
        big_endian = content[:4_000:2].count(0) > content[1:4_000:2].count(0)
        text = content.decode("utf-16-be" if big_endian else "utf-16-le", "replace")
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    return text.replace("\0", "")


def _separator(text: str) -> str:
    """What parts the cells: whatever gives the most rows of one same width above one."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", 0
    for separator in _SEPARATORS:
        widths: dict[int, int] = {}
        reader = _reader(sample, separator)
        try:
            for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False):
                if len(row) > 1:
                    widths[len(row)] = widths.get(len(row), 0) + 1
        except csv.Error:
            continue
        score = max((count * 100 + min(width, 99) for width, count in widths.items()), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    reader = _reader(text, separator)
    try:
        yield from reader
    except csv.Error:
        row = reader.line_num
        raise Invalid({"file": f"Line {row} can't be read. Is a quotation mark missing before it?"}) from None


def _reader(text: str, separator: str) -> Any:
    """A quotation mark behind a separator and a blank begins a cell too: who writes by hand writes it so."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
