"""What can be done with quotes: write one, send it, and what the customer answers."""

from app.quotes.services.answering import DECLINE_REASONS, accept, ask, decline, note_opened
from app.quotes.services.drafting import DraftLine, QuoteDraft, draft_quote
from app.quotes.services.sending import channels_for, send_quote

__all__ = [
    "DECLINE_REASONS", "DraftLine", "QuoteDraft", "accept", "ask", "channels_for", "decline", "draft_quote",
    "note_opened", "send_quote",
]  # fmt: skip
