"""When leads would have begun on a sequence in the past, and what would have ended it: for a run that sends nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.appointments.models import Appointment
from app.core.catalogue import known
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.messaging.models import Message
from app.quotes.models import Quote

#: Events of rules that are moves, with the key of the stage they lead to.
_MOVES = {"lead.declined": "declined", "lead.lost": "lost_contact"}
#: Stages that a lead comes to by saying yes or no: whatever chases it has an end there.
_ANSWERED = {
    "ready_for_squeegee": "accepted", "transferred_to_squeegee": "accepted", "booking_confirmed": "booked",
    "declined": "declined",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beginning:
    """A lead that would have begun at a moment, and the move by which (None: by something else)."""

    lead_id: UUID
    at: datetime
    stage_change_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What would have ended it, and when: replied, accepted, booked, declined, left_stage."""

    at: datetime
    why: str


def beginnings(
    starts: str, stage_id: UUID | None, event: str, since: datetime, limit: int
) -> tuple[list[Beginning], bool]:
    """Who would have begun since then, the latest first, at most `limit`; and whether those are only examples.

    What starts by hand, or by a tag, whose time nobody wrote down, is tried on the newest leads.
    """
    query, is_example = _query(starts, stage_id, event, since)
    rows = db.session.execute(query.limit(limit)).all()
    return [Beginning(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows], is_example


def leads_of(lead_ids: Iterable[UUID]) -> dict[UUID, Lead]:
    """The leads with their contacts, by id, as far as the scope sees them."""
    query = (
        select(Lead)
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
        .options(joinedload(Lead.contact))
    )
    return {lead.id: lead for lead in db.session.scalars(query)}


def endings(found: list[Beginning], *, ends_with_stage: bool, only_reminds: bool = False) -> dict[UUID, Ending]:
    """What ended, or would have ended, each lead's way; by two statements. What `only_reminds` ourselves ends with its
    stage at most.
    """
    if not found or (only_reminds and not ends_with_stage):
        return {}
    first = {each.lead_id: each for each in reversed(found)}
    since = min(each.at for each in found)
    keys = {stage.id: stage.key for stage in known(Stage)}
    ends: dict[UUID, list[Ending]] = defaultdict(list)
    for lead_id, change_id, to_stage, at in db.session.execute(_moves(first, since)):
        begun = first[lead_id]
        if at <= begun.at or change_id == begun.stage_change_id:
            continue
        answered = "" if only_reminds else _ANSWERED.get(keys.get(to_stage, ""), "")
        why = answered or ("left_stage" if ends_with_stage else "")
        if why:
            ends[lead_id].append(Ending(at, why))
    for lead_id, at in () if only_reminds else db.session.execute(_replies(first, since)):
        if at > first[lead_id].at:
            ends[lead_id].append(Ending(at, "replied"))
    return {lead_id: min(each, key=lambda end: end.at) for lead_id, each in ends.items()}


def _query(starts: str, stage_id: UUID | None, event: str, since: datetime) -> tuple[Select[Any], bool]:
    here = current_workspace_id()
    if starts == "rule" and event in _MOVES:
        stage_id = next((stage.id for stage in known(Stage) if stage.key == _MOVES[event]), None)
    if stage_id is not None and (starts == "stage" or event in _MOVES):
        moves = select(StageChange.lead_id, StageChange.at, StageChange.id).where(
            StageChange.workspace_id == here, StageChange.to_stage_id == stage_id, StageChange.at >= since
        )
        return moves.order_by(StageChange.at.desc()), False
    if starts == "rule" and event == "quote.expired":
        quotes = select(Quote.lead_id, Quote.sent_at).where(
            Quote.workspace_id == here, Quote.state == fixed("expired"), Quote.sent_at >= since
        )
        return quotes.order_by(Quote.sent_at.desc()), False
    if starts == "rule" and event == "appointment.no_show":
        missed = select(Appointment.lead_id, Appointment.ends_at).where(
            Appointment.workspace_id == here, Appointment.outcome == "no_show", Appointment.starts_at >= since
        )
        return missed.order_by(Appointment.starts_at.desc()), False
    newest = select(Lead.id, Lead.created_at).where(
        Lead.workspace_id == here, Lead.shelf == fixed("desk"), Lead.created_at >= since
    )
    return newest.order_by(Lead.created_at.desc(), Lead.id.desc()), True


def _moves(first: dict[UUID, Beginning], since: datetime) -> Select[Any]:
    return select(StageChange.lead_id, StageChange.id, StageChange.to_stage_id, StageChange.at).where(
        StageChange.workspace_id == current_workspace_id(), StageChange.lead_id == one_among(first),
        StageChange.at >= since,
    )  # fmt: skip


def _replies(first: dict[UUID, Beginning], since: datetime) -> Select[Any]:
    return select(Message.lead_id, Message.created_at).where(
        Message.workspace_id == current_workspace_id(), Message.lead_id == one_among(first),
        Message.created_at >= since, Message.direction == "in",
    )  # fmt: skip
