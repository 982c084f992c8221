"""Putting a lead on a sequence: by its stage, by something that happened to it, or by hand."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import steps_of
from app.followups.services.conditions import all_hold
from app.followups.services.laying_out import lay_out
from app.followups.services.next_act import refresh_next_act
from app.followups.services.telling import tell
from app.leads.models import Lead
from app.leads.services import get_lead
from app.leads.services.moving import UNDO

UNDER_WAY = ("active", "paused")
#: What moves of a lead are called in rules, by the key of the stage they lead to.
_MOVES = {"declined": "lead.declined", "lost_contact": "lead.lost"}


def enrol(
    lead: Lead,
    sequence: Sequence,
    actor: Actor,
    how: str = "hand",
    stage_change_id: UUID | None = None,
    *,
    hold: timedelta = timedelta(),
) -> Enrolment:
    """Put a lead on a sequence and plan its first steps, none of them due for as long as `hold`.

    Raises Conflict when it is under way there, lies off the desk, or the sequence is switched off or empty.
    """
    lead = get_lead(lead.id, lock=True)
    if lead.shelf != "desk":
        raise Conflict(f"{lead.number} is put away. Put it back first.")
    if not sequence.is_active or not sequence.steps:
        raise Conflict(f"{sequence.name} is switched off.")
    if is_under_way(lead.id, sequence.id):
        raise Conflict(f"{lead.number} is under way on {sequence.name} already.")
    enrolment, _ = begin(lead, sequence, actor, how, stage_change_id, hold=hold)
    refresh_next_act(lead.id)
    tell(lead, "sequence.started", sequence, actor, enrolment.id, how=how)
    return enrolment


def enrol_by_rule(event: Event) -> None:
    """The reaction to what may start a sequence: those whose rule names it and whose conditions hold are begun.

    A lead that is under way there or put away stays as it is; so does one of which only something is being undone, and
    one whose customer let a newer quote lapse while what they accepted before stands, and one whose quote nobody waited
    for any more.
    """
    if event.lead_id is None or {"undoes", "stands", "over"} & set(event.data):
        return
    name = _MOVES.get(str(event.data.get("stage_key"))) if event.name == "lead.stage_changed" else event.name
    wanted = [
        each for each in known(Sequence)
        if name and each.starts == "rule" and each.is_active and each.steps and each.rule.get("event") == name
    ]  # fmt: skip
    if not wanted:
        return
    with seeing_all():
        lead = get_lead(event.lead_id, lock=True)
        change = event.data.get("stage_change_id")
        for sequence in sorted(wanted, key=lambda each: (each.position, each.id)):
            fits = lead.shelf == "desk" and all_hold(lead, sequence.rule.get("conditions") or [])
            if fits and not is_under_way(lead.id, sequence.id):
                change_id = UUID(str(change)) if change else None
                enrol(lead, sequence, event.actor, "rule", change_id, hold=undo_time(event))


def undo_time(event: Event) -> timedelta:
    """How long what an event plans waits: while a hand may take its move back, nothing of it reaches the customer."""
    return UNDO if event.name == "lead.stage_changed" and event.actor.kind == "person" else timedelta()


def begin(
    lead: Lead,
    sequence: Sequence,
    actor: Actor,
    how: str,
    stage_change_id: UUID | None,
    *,
    hold: timedelta = timedelta(),
) -> tuple[Enrolment, list[FollowUp]]:
    """Write the enrolment and what it plans first, none of it due for as long as `hold`. Nobody is told; the lead's
    next act is the caller's.
    """
    now = utcnow()
    enrolment = Enrolment(
        lead_id=lead.id, sequence_id=sequence.id, version_no=sequence.version_no, state="active", started_how=how,
        started_by=actor.user_id, started_at=now, counts_from=now, stage_change_id=stage_change_id,
    )  # fmt: skip
    db.session.add(enrolment)
    db.session.flush()
    planned = lay_out(enrolment, steps_of(sequence.steps), lead, hold=hold)
    if not planned:
        enrolment.state, enrolment.ended_at, enrolment.why = "finished", now, "nothing_to_do"
    return enrolment, planned


def is_under_way(lead_id: UUID, sequence_id: UUID) -> bool:
    """Whether the lead is on the sequence now, paused or not."""
    query = select(Enrolment.id).where(
        Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == lead_id,
        Enrolment.sequence_id == sequence_id, Enrolment.state.in_(UNDER_WAY),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
