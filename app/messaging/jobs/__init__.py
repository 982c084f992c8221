"""The work of messages."""

from app.messaging.jobs.sending import send_all

__all__ = ["send_all"]
