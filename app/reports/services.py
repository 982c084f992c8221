"""A report as a file for a spreadsheet."""

from app.core.spreadsheets import writing
from app.reports.queries import Report


def write_csv(report: Report) -> bytes:
    """The report as CSV: counts as they are, times in minutes, the unknown blank; each row says its group."""
    with_groups = any(report.groups)
    head = [*(["Group"] if with_groups else []), *(column.label or "Who" for column in report.columns)]
    rows, group = [], ""
    for number, row in enumerate(report.rows):
        group = (report.groups[number] if number < len(report.groups) else "") or group
        cells = [row.get(column.key) for column in report.columns]
        rows.append([*([group] if with_groups else []), *cells])
    return writing.write_csv(head, rows)
