"""Taking back what was in a worker's hands when nobody wanted it sent any more."""

from datetime import timedelta

from app.core.clock import utcnow
from app.core.outbox import Claim
from app.core.transactions import transaction
from app.messaging.services.stopping import take_back_if_free

#: A hand-over takes up to 20 s, and a lease of who died in it 45 s.
_LOOK_AGAIN = timedelta(seconds=10)


def take_back(claim: Claim) -> None:
    """Do the work `message.take_back`. Waiting for who has the message in hand is no attempt."""
    with transaction():
        if take_back_if_free(claim.subject_id):
            claim.finish()
        else:
            claim.put_back(utcnow() + _LOOK_AGAIN, "in_hand", uncounted=True)
