"""What people type: messages (writing.py), and how a workspace sends (providers.py)."""

from app.messaging.forms.writing import LONGEST_EMAIL, LONGEST_SMS, LONGEST_SUBJECT, Typed

__all__ = ["LONGEST_EMAIL", "LONGEST_SMS", "LONGEST_SUBJECT", "Typed"]
