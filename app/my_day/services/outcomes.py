"""What became of an act, by one key: the call is logged, the act settled, and what follows is planned."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.activities.services import add_note, log_call
from app.core.clock import utcnow
from app.core.errors import Invalid, NotFound
from app.core.permissions import Actor
from app.followups.models import FollowUp
from app.followups.services import finish_follow_up, plan_task, postpone, skip
from app.leads.models import Lead
from app.leads.services import get_lead, get_stage, move_to_stage, stage_by_key
from app.my_day.services.undoing import Slip, act_as_it_is

#: How a call ended, by what the page sends. "booked" and "not_interested" move the lead as well, and "spoke" moves one
#: that was new and with which nothing is planned any more: nobody would think of it again.
CALLS = {
    "no_answer": "no_answer", "voicemail": "voicemail", "spoke": "spoke", "booked": "spoke",
    "not_interested": "declined",
}  # fmt: skip
_STAGES = {"booked": "ready_for_squeegee", "not_interested": "declined", "spoke": "contacted"}
_NEW = "new"
_CALL_AGAIN = "Call back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a person says of an act: `kind` is a key of CALLS, or done, later or skip.

    `act_id` is the act as they saw it, None when there is none any more. `again_at` is when to call again, or the new
    time of an act that is put off. `reason_key` says why somebody is not interested.
    """

    kind: str
    act_id: UUID | None
    words: str = ""
    again_at: datetime | None = None
    reason_key: str | None = None


def settle(lead_id: UUID, outcome: Outcome, actor: Actor) -> Slip:
    """Keep an outcome; returns the slip by which it can be taken back for half a minute.

    Raises NotFound, Invalid, or Conflict when somebody settled the act first: then nothing is kept. The act is settled
    before all else, so that of two people with the same act one is told.
    """
    since = utcnow()
    if outcome.kind in ("later", "skip", "done"):
        if outcome.act_id is None:
            raise NotFound
        was_due = act_as_it_is(lead_id, outcome.act_id).due_at if outcome.kind == "later" else None
        _settle_without_call(lead_id, outcome, outcome.act_id, actor)
        return Slip(outcome.act_id, since, utcnow(), was_due=was_due)
    if outcome.kind not in CALLS:
        raise Invalid({"outcome": "Choose what became of it."})
    lead = _log(lead_id, outcome, actor)
    again = plan_task(lead, _CALL_AGAIN, outcome.again_at, "call", actor) if outcome.again_at else None
    moved = _move(lead, outcome, actor)
    return Slip(outcome.act_id, since, utcnow(), planned_id=again.id if again else None, moved=moved)


def _settle_without_call(lead_id: UUID, outcome: Outcome, act_id: UUID, actor: Actor) -> None:
    if outcome.kind == "later":
        if outcome.again_at is None:
            raise Invalid({"again": "Choose when to try again."})
        settled = postpone(act_id, outcome.again_at, actor)
    else:
        settled = skip(act_id, actor) if outcome.kind == "skip" else finish_follow_up(act_id, actor)
    lead = _lead_of(settled, lead_id)
    if outcome.words.strip():
        add_note(lead, outcome.words, actor)


def _log(lead_id: UUID, outcome: Outcome, actor: Actor) -> Lead:
    """Settle the call that was planned, or keep one that was not. Raises Invalid for a task, which is done or not."""
    ended = CALLS[outcome.kind]
    if outcome.act_id is not None:
        return _lead_of(finish_follow_up(outcome.act_id, actor, ended, words=outcome.words), lead_id)
    lead = get_lead(lead_id)
    log_call(lead, ended, actor, words=outcome.words)
    return lead


def _lead_of(settled: FollowUp, lead_id: UUID) -> Lead:
    """The lead of what was settled. Raises NotFound, which undoes it, when the address named another lead."""
    if settled.lead_id != lead_id:
        raise NotFound
    return get_lead(lead_id)


def _would_be_forgotten(lead: Lead) -> bool:
    return get_stage(lead.stage_id).key == _NEW and lead.next_act_at is None


def _move(lead: Lead, outcome: Outcome, actor: Actor) -> bool:
    """Move the lead to where its outcome leads, unless it is there or that stage is not in use. Whether it moved."""
    key = _STAGES.get(outcome.kind)
    if key is None or (outcome.kind == "spoke" and not _would_be_forgotten(lead)):
        return False
    try:
        target = stage_by_key(key)
    except NotFound:
        return False
    if target.id == lead.stage_id:
        return False
    move_to_stage(lead.id, target.id, actor, reason_key=outcome.reason_key)
    return True
