"""Pages of messages: the outbox, writing to a customer, and the hook that providers report to."""

from flask import Blueprint

bp = Blueprint("messaging", __name__)

from app.messaging.views import hooks, outbox, tracking, unsubscribing, writing  # noqa: E402 - they hang their routes on bp

__all__ = ["bp", "hooks", "outbox", "tracking", "unsubscribing", "writing"]
