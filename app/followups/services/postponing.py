"""Putting off what a person was to do, and taking back what they said became of it."""

from datetime import datetime
from uuid import UUID

from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.followups.models import FollowUp
from app.followups.queries.steps import AUTOMATIC
from app.followups.services.ending import end_if_done, go_on_again
from app.followups.services.locking import locked
from app.followups.services.naming import named
from app.followups.services.next_act import refresh_next_act


def postpone(follow_up_id: UUID, due_at: datetime, actor: Actor) -> FollowUp:
    """Do it then instead. Raises NotFound, or Conflict when it is settled or a message, which keeps its own time."""
    follow_up, lead = locked(follow_up_id)
    if follow_up.state != "planned" or follow_up.kind in AUTOMATIC:
        raise Conflict("This was settled a moment ago, by someone else or by Sill.")
    follow_up.due_at = due_at
    refresh_next_act(lead.id)
    told = named(follow_up, until=due_at.isoformat())
    record_activity(lead, "follow_up", "follow_up.postponed", actor, subject_id=follow_up.id, **told)
    return follow_up


def reopen(follow_up_id: UUID, actor: Actor, *, due_at: datetime | None = None) -> FollowUp:
    """Plan again what was done, skipped or put off, at its old time or at `due_at`.

    Raises NotFound, or Conflict for a message, which may have left, and for what a move has called off.
    """
    follow_up, lead = locked(follow_up_id)
    if follow_up.kind in AUTOMATIC or follow_up.state not in ("planned", "done", "skipped"):
        raise Conflict("This can't be taken back any more.")
    if follow_up.state == "planned" and due_at in (None, follow_up.due_at):
        return follow_up  # pressed twice
    follow_up.state, follow_up.why, follow_up.finished_at = "planned", None, None
    follow_up.due_at = due_at or follow_up.due_at
    go_on_again(follow_up.enrolment_id)
    refresh_next_act(lead.id)
    publish(
        Event(
            "follow_up.reopened", lead.workspace_id, actor, "follow_up", follow_up.id, lead_id=lead.id,
            data={"kind": follow_up.kind}, topics=frozenset({topic("stage", lead.stage_id)}),
        )
    )  # fmt: skip
    return follow_up


def call_off(follow_up_id: UUID, actor: Actor) -> FollowUp:
    """Take what a person planned by hand off the list, as if it had never been planned. Raises NotFound."""
    follow_up, lead = locked(follow_up_id)
    if follow_up.state == "planned":
        follow_up.state, follow_up.why, follow_up.finished_at = "cancelled", "undone", utcnow()
        end_if_done(follow_up.enrolment_id)
        refresh_next_act(lead.id)
        publish(
            Event(
                "follow_up.cancelled", lead.workspace_id, actor, "follow_up", follow_up.id, lead_id=lead.id,
                data={"kind": follow_up.kind, "why": "undone"}, topics=frozenset({topic("stage", lead.stage_id)}),
            )
        )  # fmt: skip
    return follow_up
