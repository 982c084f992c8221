"""What the Squeegee pages show. One file a screen; this page lists them."""

from app.squeegee.queries.account import get_account, webhook_url
from app.squeegee.queries.batches import batch_line, batches, get_batch, rows
from app.squeegee.queries.checks import MENDING
from app.squeegee.queries.choosing import choice
from app.squeegee.queries.circuit import Circuit, circuit
from app.squeegee.queries.history import (
    MOST_COUNTED,
    STANDINGS,
    TransferFilter,
    TransferRow,
    history,
    people,
    recent,
    standings,
)
from app.squeegee.queries.naming import named
from app.squeegee.queries.panel import Panel, panel
from app.squeegee.queries.reading import (
    agreed_of,
    agreed_with,
    facts_of,
    get_transfer,
    open_transfer,
    suggested_first_date,
)
from app.squeegee.queries.ready import Candidate, Queue, candidate, next_to_copy, queue
from app.squeegee.queries.sheet import Sheet, copy_sheet
from app.squeegee.queries.transfers import TransferPage, transfer_page

__all__ = [
    "MENDING", "MOST_COUNTED", "STANDINGS", "Candidate", "Circuit", "Panel", "Queue", "Sheet", "TransferFilter",
    "TransferPage", "TransferRow", "agreed_of", "agreed_with", "batch_line", "batches", "candidate", "choice",
    "circuit", "complete_facts", "copy_sheet", "facts_of", "get_account", "get_batch", "get_transfer", "history",
    "named", "next_to_copy", "open_transfer", "panel", "people", "queue", "recent", "rows", "standings",
    "suggested_first_date", "transfer_page", "webhook_url",
]  # fmt: skip
