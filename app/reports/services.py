"""A report as a file for a spreadsheet."""

import csv
import io
import unicodedata

from app.reports.queries import Cell, Report

#: A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection).
_FORMULA, _CONTROLS = ("=", "+", "-", "@"), ("\t", "\r", "\n", "\0")


def write_csv(report: Report) -> bytes:
    """The report as CSV: UTF-8 with its mark, CRLF; counts as they are, times in minutes, the unknown blank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    with_groups = any(report.groups)
    head = [column.label or "Who" for column in report.columns]
    writer.writerow([*(["Group"] if with_groups else []), *(safe(each) for each in head)])
    group = ""
    for number, row in enumerate(report.rows):
        group = (report.groups[number] if number < len(report.groups) else "") or group
        cells = [_plain(row.get(column.key)) for column in report.columns]
        writer.writerow([*([safe(group)] if with_groups else []), *cells])
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    first = unicodedata.normalize("NFKC", cell.lstrip())[:1]  # full-width signs are read as the plain ones
    return "'" + cell if cell.startswith(_CONTROLS) or first in _FORMULA else cell


def _plain(cell: Cell) -> str | int:
    if cell is None:
        return ""
    return cell if isinstance(cell, int) else safe(cell)
