"""What can be done with Squeegee's exports and what they disagree on. One file a verb; this page lists them."""

from app.reconciliation.models import RUN
from app.reconciliation.services.columns import FIELDS, found_columns
from app.reconciliation.services.forgetting import forget_leads
from app.reconciliation.services.resolving import MOST_AT_ONCE, Outcome, reopen, resolve, stop_several
from app.reconciliation.services.running import (
    NIGHTLY,
    TOPIC,
    compare_leads,
    compare_some,
    locked_export,
    read_some,
)
from app.reconciliation.services.taking_in import MOST_LINES, begin, compare_again, set_columns, table_of

__all__ = [
    "FIELDS", "MOST_AT_ONCE", "MOST_LINES", "NIGHTLY", "RUN", "TOPIC", "Outcome", "begin", "compare_again",
    "compare_leads", "compare_some", "forget_leads", "found_columns", "locked_export", "read_some", "reopen",
    "resolve", "set_columns", "stop_several", "table_of",
]  # fmt: skip
