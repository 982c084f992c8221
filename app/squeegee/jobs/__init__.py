"""The work behind hand-overs: what is left to make in Squeegee, one call after the other."""

from app.squeegee.jobs.running import run_transfer

__all__ = ["run_transfer"]
