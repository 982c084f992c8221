"""Conversations of a member who left change hands, a batch at a time."""

from app.core.outbox import Claim
from app.core.transactions import transaction
from app.messaging.services.releasing import RELEASE, release_some

__all__ = ["RELEASE", "release"]


def release(claim: Claim) -> None:
    """Do the work `conversations.release`. A worker that dies in between leaves whole batches behind."""
    more = True
    while more:
        with transaction():
            more = release_some(claim.subject_id) > 0
            if not more:
                claim.finish()
