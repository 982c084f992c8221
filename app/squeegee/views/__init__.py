"""Pages of Squeegee: the queue, transfers, the copy sheet, the settings, and the door for confirmations."""

from flask import Blueprint

bp = Blueprint("squeegee", __name__)

from app.squeegee.views import (  # noqa: E402 - they hang their routes on bp
    batch_rows,
    batches,
    booking_file,
    bookings,
    circuit,
    hook,
    lead,
    mapping,
    queue,
    ready,
    settings,
    transfers,
)

__all__ = [
    "batch_rows", "batches", "booking_file", "bookings", "bp", "circuit", "hook", "lead", "mapping", "queue", "ready",
    "settings", "transfers",
]  # fmt: skip
