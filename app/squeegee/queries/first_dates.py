"""Which day to propose for a first clean: the one that the customer chose; else when the round comes there next and has
room, else the next working day.

Not inside a consumer's 14 days to cancel, unless they asked for that when they accepted (Consumer Contracts Regulations
2013, regulation 36). A person may still choose such a day; the note tells them what stands in its way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.human_time import short_date
from app.quotes.queries.agreement import Agreement, agreements
from app.quotes.queries.starting import cancellable_until
from app.rounds.queries import NextVisit, first_room
from app.squeegee.mapping import LeadFacts
from app.squeegee.queries.reading import suggested_first_date
from app.workspaces.queries import current_workspace, today_here


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day for a first clean; in words, why that one, and, unless blank, what speaks against an earlier one."""

    day: date
    why: str
    note: str = ""


def first_dates(leads: Sequence[LeadFacts], agreed: Mapping[UUID, Agreement] | None = None) -> dict[UUID, Proposal]:
    """A day for each lead. One statement for all of them, none where no round goes.

    `agreed`: what was agreed about the beginning; one statement more finds it out.
    """
    agreed, today = agreements([facts.id for facts in leads]) if agreed is None else agreed, today_here()
    known = {facts.id: agreed.get(facts.id, Agreement()) for facts in leads}
    ends = {facts.id: _end(facts, known[facts.id]) for facts in leads}
    places = {facts.id: (facts.district, facts.sector, ends[facts.id] or today) for facts in leads}
    visits = first_room(places[facts.id] for facts in leads if not known[facts.id].chosen_at)
    return {
        facts.id: _chosen(known[facts.id], ends[facts.id]) or _proposed(visits.get(places[facts.id]), ends[facts.id])
        for facts in leads
    }


def quick_first_date(facts: LeadFacts, agreed: Agreement) -> Proposal:
    """A day without a look at the rounds: it doesn't say yet why that one. No statement."""
    end = _end(facts, agreed)
    chosen = _chosen(agreed, end)
    return Proposal(chosen.day if chosen else suggested_first_date(end), "", _note(end))


def _end(facts: LeadFacts, agreed: Agreement) -> date | None:
    """The last of somebody's days to cancel, if they have any left; business premises have none."""
    return None if facts.property_type == "commercial" else cancellable_until(agreed.accepted_at)


def _chosen(agreed: Agreement, end: date | None) -> Proposal | None:
    """The day that the customer chose."""
    if agreed.chosen_at is None:
        return None
    begins = agreed.chosen_at.astimezone(current_workspace().clock().zone)
    why = f"{short_date(begins.date())}: the customer chose it, for {begins:%H:%M}"
    return Proposal(begins.date(), why, _note(end))


def _proposed(visit: NextVisit | None, end: date | None) -> Proposal:
    if visit is not None:
        why = f"{short_date(visit.day)}: {visit.round_name}, room for {visit.room} more"
        return Proposal(visit.day, why, _note(end))
    day = suggested_first_date(end)
    return Proposal(day, f"{short_date(day)}: the next working day{' after that' if end else ''}", _note(end))


def _note(end: date | None) -> str:
    return f"They can cancel until {short_date(end)} and did not ask for an early start." if end else ""
