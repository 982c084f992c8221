"""Making customer, job and quotes in Squeegee: noted before, sent outside any transaction, noted after.

A crash between sending and noting is the one thing that nobody here can decide afterwards: whoever finds a call that
was begun and never ended asks Squeegee where it can be asked, and else leaves the transfer to a person. So a lead
never becomes two customers.
"""

from app.core.outbox import Claim
from app.squeegee.jobs.beginning import begin
from app.squeegee.jobs.noting import settle


def run_transfer(claim: Claim) -> None:
    """Do the work `transfer.run`: what is still to be made, one step after the other. Raises Retry, Fenced."""
    while not claim.finished:
        step = begin(claim)
        again = settle(claim, step, step.send()) if step else None
        if again is not None:
            raise again
