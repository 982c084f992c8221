"""When a lead that was lost is worth another try: the reason says when, and what to do then.

Who has a cleaner is asked again in spring, when people look at their windows; who found it too dear, once prices have
been reviewed; where someone moved out, a card goes through the door for whoever moves in.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import Invalid
from app.leads.words import DECLINE_WORDS

#: The month that people call spring, and think of their windows in.
SPRING = 3
#: A return sooner than this would nag; then the next year's month is meant.
_SOONEST = timedelta(days=28)
_FURTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a lead was lost. `task` is what to do on its return; "" when it does not return by itself."""

    key: str
    words: str
    task: str = ""


_TASKS = {
    "someone_else": "Ask again: is the other cleaner still any good?",
    "does_it_alone": "Ask again: has the ladder lost its charm?",
    "too_expensive": "Offer the reviewed price",
    "not_now": "Ask again, it was only bad timing",
    "moved": "Card through the door for whoever moved in",
}
REASONS = {key: Reason(key, words, _TASKS.get(key, "")) for key, words in DECLINE_WORDS.items()}


def return_date(reason_key: str, today: date, review_month: int) -> date | None:
    """The day on which a lead lost for this reason comes back, None for never.

    `today` is the business's own day, `review_month` (1 to 12) when it reviews its prices.
    """
    if reason_key in ("someone_else", "does_it_alone"):
        return _first_of(SPRING, today)
    if reason_key == "too_expensive":
        return _first_of(review_month, today)
    days = {"moved": 42, "not_now": 91}.get(reason_key)
    return today + timedelta(days=days) if days else None


def checked_return(returns_on: date | None, today: date) -> date | None:
    """A day that someone chose. Raises Invalid({"returns_on": ...}) for one that is past or out of reach."""
    if returns_on is not None and not today < returns_on <= today + _FURTHEST:
        raise Invalid({"returns_on": "Choose a day from tomorrow on, within five years."})
    return returns_on


def _first_of(month: int, today: date) -> date:
    """The first of the month that comes next and not too soon."""
    found = date(today.year, month, 1)
    return found if found >= today + _SOONEST else date(today.year + 1, month, 1)
