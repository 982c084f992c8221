"""The work of a follow-up whose time has come, and of a pause that is over."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.core.errors import NotFound
from app.core.outbox import Claim
from app.core.transactions import transaction
from app.followups import services


def carry_out(claim: Claim) -> None:
    """Do the work `follow_up.due`: the message is written in the transaction that ends the work, so never twice.

    Work whose time is not now waits, without counting as an attempt: business is closed by now, or another message
    went just before.
    """
    _do(claim, services.carry_out)


def resume(claim: Claim) -> None:
    """Do the work `enrolment.resume`; it waits on when the pause lasts longer by now."""
    _do(claim, services.resume_when_due)


def _do(claim: Claim, work: Callable[[UUID], datetime | None]) -> None:
    with transaction():
        try:
            later = work(claim.subject_id)
        except NotFound:
            later = None  # erased with its lead
        if later is None:
            claim.finish()
        else:
            claim.put_back(later, "not_now", uncounted=True)
