"""What can be asked about exports. One file a subject; this page lists it."""

from app.exports.queries.facts import EVERYTHING, FACTS, Fact, facts_named, facts_shown
from app.exports.queries.reading import rows_of
from app.exports.queries.selecting import codes_of, first_ids, ids_in_order
from app.exports.queries.showing import ExportView, get_export, list_exports

__all__ = [
    "EVERYTHING", "FACTS", "ExportView", "Fact", "codes_of", "facts_named", "facts_shown", "first_ids", "get_export",
    "ids_in_order", "list_exports", "rows_of",
]  # fmt: skip
