"""The work of quotes whose day has come."""

from app.core.outbox import Claim
from app.core.transactions import transaction
from app.quotes import services
from app.quotes.services.expiring import EXPIRE, REMIND

__all__ = ["EXPIRE", "REMIND", "expire", "remind"]


def expire(claim: Claim) -> None:
    """Do the work `quote.expire`: a quote that nobody answered in time says so from now on."""
    with transaction():
        services.expire(claim.subject_id)
        claim.finish()


def remind(claim: Claim) -> None:
    """Do the work `quote.remind`: the message is written in the transaction that ends the work, so never twice.

    It waits on when business is closed by now, which is no attempt.
    """
    with transaction():
        later = services.remind(claim.subject_id)
        if later is None:
            claim.finish()
        else:
            claim.put_back(later, "outside_hours", uncounted=True)
