"""Putting many leads on a sequence, or pausing, resuming and ending their way through it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.bulk_acts.services.outcomes import Done
from app.core.clock import utcnow
from app.core.errors import Conflict, NotFound
from app.core.permissions import Actor
from app.followups import services as followups
from app.followups.models import Enrolment
from app.followups.queries.ways import enrolments_of
from app.followups.services.setting_up import get_sequence
from app.leads.services import locked_leads

Parameters = Mapping[str, Any]


def put_on(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Done:
    """Put each lead on the sequence that is not under way there. Returns the enrolment of each; raises NotFound."""
    sequence = get_sequence(UUID(parameters["sequence_id"]))
    done = Done()
    for lead in locked_leads(lead_ids):
        if lead.shelf != "desk":
            done.left[lead.id] = "not_on_desk"
            continue
        try:
            done[lead.id] = {"enrolment_id": str(followups.enrol(lead, sequence, actor, "hand").id)}
        except Conflict:
            done.left[lead.id] = "under_way"
    return done


def take_off(before: Mapping[UUID, Mapping[str, Any]], parameters: Parameters, actor: Actor) -> set[UUID]:
    """End what `put_on` began, as far as it has not ended by itself; the leads of those."""
    back = set()
    for lead_id, was in before.items():
        try:
            followups.stop(UUID(was["enrolment_id"]), actor)
        except (Conflict, NotFound):
            continue
        back.add(lead_id)
    return back


def pause_all(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Done:
    """Let the way of each lead through the sequence rest."""
    return _each(lead_ids, parameters, "active", lambda way: followups.pause(way.id, actor))


def resume_all(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Done:
    """Let the way of each lead go on."""
    return _each(lead_ids, parameters, "paused", lambda way: followups.resume(way.id, actor))


def stop_all(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Done:
    """End the way of each lead, for good."""
    return _each(lead_ids, parameters, "", lambda way: followups.stop(way.id, actor))


def unpause(before: Mapping[UUID, Any], parameters: Parameters, actor: Actor) -> set[UUID]:
    """Undo `pause_all`, where no reply has given another reason to rest since."""
    return set(_each(list(before), parameters, "paused", lambda way: followups.resume(way.id, actor), why="by_person"))


def pause_again(before: Mapping[UUID, Any], parameters: Parameters, actor: Actor) -> set[UUID]:
    """Undo `resume_all`: each rests until the day, and for the reason, that it did; a day that has come is over."""

    def rest(enrolment: Enrolment) -> None:
        was = before[enrolment.lead_id]
        until = datetime.fromisoformat(was["until"]) if was.get("until") else None
        if until is None or until > utcnow():
            followups.pause(enrolment.id, actor, until, why=was.get("why") or "by_person")

    return set(_each(list(before), parameters, "active", rest))


def leave_ended(before: Mapping[UUID, Any], parameters: Parameters, actor: Actor) -> set[UUID]:
    """What can't be undone is not offered to be; stopping half way keeps what was done."""
    return set()


def _each(
    lead_ids: Sequence[UUID], parameters: Parameters, state: str, change: Callable[[Enrolment], object], *,
    why: str = "",
) -> Done:  # fmt: skip
    done = Done()
    for enrolment in enrolments_of(UUID(parameters["sequence_id"]), lead_ids):
        if (state and enrolment.state != state) or (why and enrolment.why != why):
            continue
        until = enrolment.paused_until
        was = {"why": enrolment.why, "until": until.isoformat() if until else None}
        try:
            change(enrolment)
        except (Conflict, NotFound):
            continue
        done[enrolment.lead_id] = was if enrolment.state == "active" else {}
    return done
