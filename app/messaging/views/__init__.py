"""Pages of messages: the outbox, writing to a customer, how mail and texts leave, and the hooks of providers."""

from flask import Blueprint

bp = Blueprint("messaging", __name__)

from app.messaging.views import (  # noqa: E402 - they hang their routes on bp
    answering,
    attending,
    hooks,
    inbox,
    mail_hook,
    opt_outs,
    outbox,
    placing,
    providers,
    rehearsing,
    settling,
    templates,
    tracking,
    unsubscribing,
    writing,
)

__all__ = [
    "answering", "attending", "bp", "hooks", "inbox", "mail_hook", "opt_outs", "outbox", "placing", "providers",
    "rehearsing", "settling", "templates", "tracking", "unsubscribing", "writing",
]  # fmt: skip
