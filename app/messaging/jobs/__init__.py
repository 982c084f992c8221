"""The work of messages."""

from app.messaging.jobs.reading import read_inbox
from app.messaging.jobs.sending import send_all
from app.messaging.jobs.taking_back import take_back

__all__ = ["read_inbox", "send_all", "take_back"]
