"""Work with leads that is left for later."""

from app.core.outbox import Claim
from app.core.transactions import transaction
from app.leads.services.emptying import EMPTY, is_bin_empty, plan_emptying, remove_expired

__all__ = ["EMPTY", "empty_bin"]


def empty_bin(claim: Claim) -> None:
    """Do the work `bin.empty`: delete what has lain in the bin for long enough, and come again if anything is left."""
    more = True
    while more:
        with transaction():
            more = remove_expired()
    with transaction():
        if not is_bin_empty():
            plan_emptying()
        claim.finish()
