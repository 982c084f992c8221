"""Where the demo's leads stand and how they came there, as data."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from app.core.clock import BusinessClock


class Journey(NamedTuple):
    """How many leads stand in a stage, the stages before it, and how many days ago they came into it."""

    count: int
    path: tuple[str, ...]
    least_days: float
    most_days: float


_QUOTED = ("new", "contacted", "quote_requested", "quote_sent")
_WON = (*_QUOTED, "ready_for_squeegee")

JOURNEYS = (
    Journey(24, (*_WON, "transferred_to_squeegee", "booking_confirmed"), 3, 48),
    Journey(12, (*_QUOTED, "declined"), 3, 45),
    Journey(8, (*_QUOTED, "follow_up_1", "lost_contact"), 6, 40),
    Journey(6, ("not_in_area",), 1, 40),
    Journey(5, (*_WON, "transferred_to_squeegee"), 0.4, 4),
    Journey(6, _WON, 0.1, 2.2),
    Journey(5, (*_QUOTED, "hot_lead"), 0.2, 2.4),
    Journey(5, (*_QUOTED, "follow_up_1", "follow_up_2"), 1, 12),
    Journey(7, (*_QUOTED, "follow_up_1"), 0.5, 6),
    Journey(5, (*_QUOTED, "negotiating"), 0.3, 3),
    Journey(14, _QUOTED, 0.2, 12),
    Journey(7, ("new", "contacted", "quote_requested"), 0.1, 2),
    Journey(8, ("new", "contacted"), 0.2, 3),
    Journey(9, ("new",), 0.02, 1.6),
)

#: Days a lead usually stays in a stage before it goes on.
_STAYS = {"new": (0.1, 0.9), "contacted": (0.3, 2.5), "quote_requested": (0.2, 1.5), "quote_sent": (1, 9)}
_STAY = (0.5, 4)


def moments(journey: Journey, now: datetime, clock: BusinessClock, random: Random) -> list[datetime]:
    """When a lead entered each stage of its path: people work in opening hours, customers write at any time."""
    at = now - timedelta(days=random.uniform(journey.least_days, journey.most_days))
    found = []
    for index in range(len(journey.path) - 1, -1, -1):
        if index < len(journey.path) - 1:
            at -= timedelta(days=random.uniform(*_STAYS.get(journey.path[index], _STAY)))
        if index > 0:
            at = _last_open(at, clock, random)
        found.append(at)
    return found[::-1]


def _last_open(at: datetime, clock: BusinessClock, random: Random) -> datetime:
    """The moment itself when the business is open then, else one in the last hours before it closed."""
    if clock.is_open(at):
        return at
    while not clock.is_open(at):
        at -= timedelta(minutes=55)
    return at - timedelta(minutes=random.randint(0, 50))
