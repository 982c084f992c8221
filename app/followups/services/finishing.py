"""A person says what became of a follow-up."""

from uuid import UUID

from app.activities.models import CALL_OUTCOMES
from app.activities.services import log_call, record_activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.followups.models import FollowUp
from app.followups.queries.steps import AUTOMATIC
from app.followups.services.ending import end_if_done
from app.followups.services.laying_out import DUE
from app.followups.services.locking import locked
from app.followups.services.naming import named
from app.followups.services.next_act import refresh_next_act
from app.leads.models import Lead

_SETTLED = "This was settled a moment ago, by someone else or by Sill."


def finish_follow_up(follow_up_id: UUID, actor: Actor, outcome: str | None = None, words: str = "") -> FollowUp:
    """Keep that a call or a task is done; a call with how it ended, and what was said, goes to the timeline as a call.

    Raises NotFound, Invalid for an unknown outcome, Conflict when it is not planned any more or is a message, which
    only sending can do.
    """
    follow_up, lead = _planned(follow_up_id)
    if follow_up.kind in AUTOMATIC:
        raise Conflict("A message is done when it is sent. Skip it if it should not go.")
    if outcome is not None and (follow_up.kind != "call" or outcome not in CALL_OUTCOMES):
        raise Invalid({"outcome": "Choose how the call ended."})
    _settle(follow_up, lead, "done", None)
    if follow_up.kind == "call" and outcome:
        log_call(lead, outcome, actor, words=words)
    else:
        _record(follow_up, lead, "follow_up.done", actor)
    return follow_up


def skip(follow_up_id: UUID, actor: Actor) -> FollowUp:
    """Leave a follow-up out. Raises NotFound, or Conflict when it is not planned any more or is a branch."""
    follow_up, lead = _planned(follow_up_id)
    if follow_up.kind == "branch":
        raise Conflict("What follows hangs on this question, so it can't be left out. Stop the sequence instead.")
    _settle(follow_up, lead, "skipped", "by_person")
    outbox.cancel(DUE, [follow_up.id])
    _record(follow_up, lead, "follow_up.skipped", actor)
    return follow_up


def _planned(follow_up_id: UUID) -> tuple[FollowUp, Lead]:
    follow_up, lead = locked(follow_up_id)
    if follow_up.state != "planned":
        raise Conflict(_SETTLED)
    return follow_up, lead


def _settle(follow_up: FollowUp, lead: Lead, state: str, why: str | None) -> None:
    follow_up.state, follow_up.why, follow_up.finished_at = state, why, utcnow()
    end_if_done(follow_up.enrolment_id)
    refresh_next_act(lead.id)


def _record(follow_up: FollowUp, lead: Lead, event: str, actor: Actor) -> None:
    record_activity(
        lead, "follow_up", event, actor, subject_id=follow_up.id, topics=("outbox",), **named(follow_up)
    )  # fmt: skip
