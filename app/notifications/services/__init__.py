"""What can be done with the bell. One file a verb; this page lists them."""

from app.notifications.services.answers import (
    tell_answer,
    tell_booking_differs,
    tell_corrected,
    tell_details,
    tell_question,
    tell_slot_taken,
    tell_wishes,
)
from app.notifications.services.ending import tell_ending
from app.notifications.services.mentioning import tell_mentioned
from app.notifications.services.reacting import managers, tell_new_owner, tell_worth, works_on
from app.notifications.services.replies import (
    tell_arrival,
    tell_bounced,
    tell_missed_call,
    tell_provider_failed,
    tell_reply,
)
from app.notifications.services.returning import plan_ringing
from app.notifications.services.telling import mark_read, mark_unread, notify

__all__ = [
    "managers", "mark_read", "mark_unread", "notify", "plan_ringing", "tell_answer", "tell_arrival",
    "tell_booking_differs", "tell_bounced", "tell_corrected", "tell_details", "tell_ending", "tell_mentioned",
    "tell_missed_call", "tell_new_owner", "tell_provider_failed", "tell_question", "tell_reply", "tell_slot_taken",
    "tell_wishes", "tell_worth", "works_on",
]  # fmt: skip
