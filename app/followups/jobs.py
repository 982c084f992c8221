"""The work of a follow-up whose time has come."""

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import Claim, Retry
from app.core.transactions import transaction
from app.followups import services


def carry_out(claim: Claim) -> None:
    """Do the work `follow_up.due`: the message is written in the transaction that ends the work, so never twice.

    Raises Retry with the time until the next opening when business is closed by now.
    """
    with transaction():
        try:
            later = services.carry_out(claim.subject_id)
        except NotFound:
            later = None  # erased with its lead
        if later is None:
            claim.finish()
    if later is not None:
        raise Retry("outside_hours", after=later - utcnow())
