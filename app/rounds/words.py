"""How rounds are spoken of."""

from datetime import date

from app.core.human_time import short_date
from app.rounds.queries import NextVisit


def often(every_weeks: int) -> str:
    """How often a round comes round."""
    return "every week" if every_weeks == 1 else f"every {every_weeks} weeks"


def room(visit: NextVisit) -> str:
    """What fits into a day."""
    return "full" if visit.is_full else f"room for {visit.room}"


def short_day(day: date) -> str:
    """ "Tue 8 Dec": the year goes without saying, since rounds are told for a year at most."""
    return short_date(day).rpartition(" ")[0]


def fit(visits: list[NextVisit]) -> str:
    """ "Wells round: Tue 8 Dec, room for 3", with a later day when that one is full; "" when no round comes."""
    if not visits:
        return ""
    first = visits[0]
    words = f"{first.round_name} round: {short_day(first.day)}, {room(first)}"
    later = next((visit for visit in visits if not visit.is_full), None)
    if first.is_full and later is not None:
        words += f"; {short_day(later.day)}, {room(later)}"
    return words
