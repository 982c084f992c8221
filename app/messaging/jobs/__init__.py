"""The work of messages."""

from app.messaging.jobs.reading import read_inbox
from app.messaging.jobs.sending import send_all

__all__ = ["read_inbox", "send_all"]
