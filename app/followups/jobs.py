"""The work of a follow-up whose time has come, and of a pause that is over."""

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import Claim, Retry
from app.core.transactions import transaction
from app.followups import services


def carry_out(claim: Claim) -> None:
    """Do the work `follow_up.due`: the message is written in the transaction that ends the work, so never twice.

    Raises Retry with the time until it may be done: business is closed by now, or another message went just before.
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


def resume(claim: Claim) -> None:
    """Do the work `enrolment.resume`. Raises Retry with the time left when the pause lasts longer by now."""
    with transaction():
        try:
            later = services.resume_when_due(claim.subject_id)
        except NotFound:
            later = None  # erased with its lead
        if later is None:
            claim.finish()
    if later is not None:
        raise Retry("paused_longer", after=later - utcnow())
