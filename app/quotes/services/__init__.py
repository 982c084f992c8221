"""What can be done with quotes: write one, send it, and what the customer answers."""

from app.quotes.services.answering import DECLINE_REASONS, accept, ask, decline, note_opened
from app.quotes.services.drafting import DraftLine, QuoteDraft, draft_quote, faults, mark
from app.quotes.services.expiring import expire, stop_expiring
from app.quotes.services.previewing import Reckoned, reckon, suggested_work
from app.quotes.services.pricing import book_for, priced_for
from app.quotes.services.reckoning import Conditions, Discount
from app.quotes.services.reminding import remind
from app.quotes.services.renewing import renew
from app.quotes.services.revoking import restore_link, revoke_link
from app.quotes.services.sending import link_of, send_quote

__all__ = [
    "DECLINE_REASONS", "Conditions", "Discount", "DraftLine", "QuoteDraft", "Reckoned", "accept", "ask", "book_for",
    "decline", "draft_quote", "expire", "faults", "link_of", "mark", "note_opened", "priced_for",
    "reckon", "remind", "renew", "restore_link", "revoke_link", "send_quote", "stop_expiring", "suggested_work",
]  # fmt: skip
