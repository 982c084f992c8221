"""Conversations that were put off come back at their time."""

from app.core.outbox import Claim
from app.core.transactions import transaction
from app.messaging.services.conversations import WAKE
from app.messaging.services.waking import wake

__all__ = ["WAKE", "wake_up"]


def wake_up(claim: Claim) -> None:
    """Do the work `conversation.wake`; it waits on where the conversation was put off for longer."""
    with transaction():
        later = wake(claim.subject_id)
        if later is None:
            claim.finish()
        else:
            claim.put_back(later, "not_now", uncounted=True)
