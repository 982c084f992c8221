"""The table in a file of either kind. For the process that reading.py starts: nothing here bounds time or memory."""

from typing import Protocol

from app.core.spreadsheets.csv_files import rows_of_csv
from app.core.spreadsheets.tables import Table, table_of

#: How a workbook begins.
ARCHIVE = b"PK\x03\x04"


class Reader(Protocol):
    """What reads files of one kind. Raises Invalid({"file": …})."""

    def __call__(self, content: bytes, *, most_rows: int, most_columns: int) -> Table: ...


def reader_of(content: bytes) -> Reader:
    """What reads such a file, everything imported that it takes."""
    if not content.startswith(ARCHIVE):
        return _read_csv
    from app.core.spreadsheets.workbooks import rows_of_workbook  # here, for openpyxl takes longer than most CSV files

    def read(content: bytes, *, most_rows: int, most_columns: int) -> Table:
        rows, notes = rows_of_workbook(content, most_rows=most_rows, most_columns=most_columns)
        return table_of(rows, "xlsx", most_rows=most_rows, most_columns=most_columns, notes=notes)

    return read


def _read_csv(content: bytes, *, most_rows: int, most_columns: int) -> Table:
    return table_of(rows_of_csv(content), "csv", most_rows=most_rows, most_columns=most_columns)
