"""Which day to propose for a first clean: when the round comes there next and has room, else the next working day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.human_time import short_date
from app.rounds.queries import NextVisit, first_room
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
    soonest = suggested_first_date()
    working_day = Proposal(soonest, f"{short_date(soonest)}: the next working day")
    return {facts.id: _proposed(visits.get((facts.district, facts.sector))) or working_day for facts in leads}


def _proposed(visit: NextVisit | None) -> Proposal | None:
    if visit is None:
        return None
    return Proposal(visit.day, f"{short_date(visit.day)}: {visit.round_name}, room for {visit.room} more")
