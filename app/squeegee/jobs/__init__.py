"""The work behind hand-overs: what is left to make in Squeegee, one call after the other."""

from app.squeegee.jobs.confirming import confirm_batch
from app.squeegee.jobs.running import run_transfer

__all__ = ["confirm_batch", "run_transfer"]
