"""Handing many leads over by a file: making it, saying what became of its rows, and the report."""

from app.squeegee.services.batches.confirming import (
    AT_ONCE,
    CONFIRM,
    confirm_all,
    confirm_found,
    confirm_rows,
    go_on,
    say_entered,
    say_not_taken,
)
from app.squeegee.services.batches.making import make_batch
from app.squeegee.services.batches.taking_out import call_off, cancel_batch, take_out
from app.squeegee.services.batches.writing import batch_file, batch_report

__all__ = [
    "AT_ONCE", "CONFIRM", "batch_file", "batch_report", "call_off", "cancel_batch", "confirm_all", "confirm_found",
    "confirm_rows", "go_on", "make_batch", "say_entered", "say_not_taken", "take_out",
]  # fmt: skip
