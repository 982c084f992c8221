"""Bells that ring later."""

from app.core.outbox import Claim
from app.core.transactions import transaction
from app.notifications.services.returning import RETURN, tell_return

__all__ = ["RETURN", "ring_return"]


def ring_return(claim: Claim) -> None:
    """Do the work `lead.return`: tell of a lost lead whose day has come."""
    with transaction():
        tell_return(claim.subject_id)
        claim.finish()
