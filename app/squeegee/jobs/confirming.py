"""Noting the rows of a file that were said to be in Squeegee, when they are many."""

import time

from app.core import outbox
from app.core.outbox import Claim
from app.core.transactions import transaction
from app.squeegee.services.batches import CONFIRM, go_on

#: For so long one turn works on a file; then other work, such as messages that are due, has its turn.
TURN_SECONDS = 4.0
#: Rows that one transaction notes.
PIECE = 25


def confirm_batch(claim: Claim) -> None:
    """Do the work `batch.confirm` for one turn; more is left for another turn. Each piece commits by itself."""
    ends = time.monotonic() + TURN_SECONDS
    while True:
        with transaction():
            more = go_on(claim.subject_id, size=PIECE)
        if not more or time.monotonic() >= ends:
            break
    with transaction():
        if more:
            outbox.enqueue(CONFIRM, claim.subject_id, dedupe_key=f"{claim.subject_id}/after/{claim.item_id}")
        claim.finish()
