"""Reading messages: the outbox page, one message, what waits on a lead; conversations are in inbox.py and thread.py."""

from app.messaging.queries.dead_work import DeadWork, dead_work, get_dead_work
from app.messaging.queries.outbox import (
    SHELVES,
    WAITING,
    MessagePage,
    MessageRow,
    body_for,
    count_unsent,
    get_message,
    readable_subject,
    row,
    shelf,
    waiting_row,
)

__all__ = [
    "SHELVES", "WAITING", "DeadWork", "MessagePage", "MessageRow", "body_for", "count_unsent", "dead_work",
    "get_dead_work", "get_message", "readable_subject", "row", "shelf", "waiting_row",
]  # fmt: skip
