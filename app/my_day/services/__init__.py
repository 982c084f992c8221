"""What can be done on My day. One file a concern; this page lists them."""

from app.my_day.services.claiming import Taken, look, release, renew, show_again, take, take_next
from app.my_day.services.outcomes import Outcome, settle
from app.my_day.services.telling import tell_my_days
from app.my_day.services.times import QuickTime, in_words, quick_times, time_of
from app.my_day.services.undoing import Slip, undo

__all__ = [
    "Outcome", "QuickTime", "Slip", "Taken", "in_words", "look", "quick_times", "release", "renew", "settle",
    "show_again", "take", "take_next", "tell_my_days", "time_of", "undo",
]  # fmt: skip
