"""What is known of Squeegee's last export. One file a screen; this page lists them."""

from app.reconciliation.queries.exports import ExportView, latest_exports, newest_export
from app.reconciliation.queries.ledger import Line, ledger, line_of, open_counts, open_leads
from app.reconciliation.queries.possible import PossibleCustomer, possible_customers

__all__ = [
    "ExportView", "Line", "PossibleCustomer", "latest_exports", "ledger", "line_of", "newest_export", "open_counts",
    "open_leads", "possible_customers",
]  # fmt: skip
