"""Which day to propose for a first clean: when the round comes there next and has room, else the next working day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.rounds.queries import first_room
from app.squeegee.mapping import LeadFacts
from app.squeegee.queries.reading import suggested_first_date
from app.workspaces.queries import today_here


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day for a first clean, and why that one, in words."""

    day: date
    why: str


def first_dates(leads: Sequence[LeadFacts]) -> dict[UUID, Proposal]:
    """A day for each lead. One statement for all of them, none where no round goes."""
    visits = first_room(((facts.district, facts.sector) for facts in leads), today_here())
    working_day = Proposal(suggested_first_date(), "the next working day")
    found = {}
    for facts in leads:
        visit = visits.get((facts.district, facts.sector))
        room = f"room for {visit.room} more" if visit else ""
        found[facts.id] = Proposal(visit.day, f"{visit.round_name}, {room}") if visit else working_day
    return found
