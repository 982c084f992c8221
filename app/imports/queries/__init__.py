"""What can be asked about imports. One file a subject; this page lists it."""

from app.imports.queries.fields import FIELDS, FIELDS_BY_KEY, MOST_ROWS, SEVERAL, Field
from app.imports.queries.reading import (
    RowsPage,
    RowView,
    has_remarks,
    import_page,
    is_worked_on,
    list_imports,
    row_of_lead,
    rows_page,
    samples,
    words_in,
)
from app.imports.queries.suggesting import suggest

__all__ = [
    "FIELDS", "FIELDS_BY_KEY", "MOST_ROWS", "SEVERAL", "Field", "RowView", "RowsPage", "has_remarks", "import_page",
    "is_worked_on", "list_imports", "row_of_lead", "rows_page", "samples", "suggest", "words_in",
]  # fmt: skip
