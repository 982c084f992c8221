"""Which act comes first: what is worth most and waits longest, but a promised call at its time before all else.

    points = what it brings in a year, in pounds x weight of its priority x (1 + days late, 14 at most)

A lead without a price counts as a small round would bring, so that a new enquiry is not the last one to be rung. A
call that somebody promised counts twice. Within two hours of its time a promised call comes before everything: the
customer waits beside the phone; after that it is late like others.
"""

from datetime import timedelta

#: What a lead without a price is taken to bring in a year, in pence: a small house every 12 weeks.
UNPRICED_MINOR = 10_000
WEIGHTS = {"low": 0.5, "normal": 1.0, "high": 2.0, "urgent": 4.0}
#: Lateness counts up to here: what has waited a month is no more urgent than what has waited a fortnight.
MOST_DAYS = 14
FRESH = timedelta(hours=2)
_DAY = timedelta(days=1)


def points(annual_minor: int, priority: str, late: timedelta, *, promised: bool) -> float:
    """How far up an act that is `late` by this much stands; more is sooner. `annual_minor` is in pence a year."""
    worth = (annual_minor or UNPRICED_MINOR) / 100 * WEIGHTS.get(priority, 1.0)
    days = min(max(late, timedelta()) / _DAY, MOST_DAYS)
    return worth * (1 + days) * (2 if promised else 1)


def is_fresh(late: timedelta, *, promised: bool) -> bool:
    """Whether it is a promised call whose time came so lately that the customer still waits for it."""
    return promised and timedelta() <= late <= FRESH
