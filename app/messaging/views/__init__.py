"""Pages of messages: the outbox, writing to a customer, how mail and texts leave, and the hooks of providers."""

from flask import Blueprint

bp = Blueprint("messaging", __name__)

from app.messaging.views import (  # noqa: E402 - they hang their routes on bp
    hooks,
    outbox,
    providers,
    tracking,
    unsubscribing,
    writing,
)

__all__ = ["bp", "hooks", "outbox", "providers", "tracking", "unsubscribing", "writing"]
