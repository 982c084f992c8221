"""The work of quotes whose day has come."""

from app.core.clock import utcnow
from app.core.outbox import Claim, Retry
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

    Raises Retry with the time until the next opening when business is closed by now.
    """
    with transaction():
        later = services.remind(claim.subject_id)
        if later is None:
            claim.finish()
    if later is not None:
        raise Retry("outside_hours", after=later - utcnow())
