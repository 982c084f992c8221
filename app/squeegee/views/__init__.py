"""Pages of Squeegee: the queue, transfers, the copy sheet, the settings, and the door for confirmations."""

from flask import Blueprint

bp = Blueprint("squeegee", __name__)

from app.squeegee.views import hook, lead, queue, settings, transfers  # noqa: E402 - they hang their routes on bp

__all__ = ["bp", "hook", "lead", "queue", "settings", "transfers"]
