"""Entering a stage starts its sequences; people plan by hand besides."""

from datetime import datetime
from uuid import UUID

from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.followups.models import FollowUp, Sequence
from app.followups.services.enrolling import begin, is_under_way, undo_time
from app.followups.services.next_act import keep_first, refresh_next_act
from app.followups.services.resting import put_to_rest
from app.leads.models import Lead, Stage
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace


def plan_for_stage(event: Event) -> None:
    """The reaction to a lead entering a stage: it begins the sequences that the stage starts.

    A stage without any that asks for attention after some days gets a task then. An email to somebody without an
    address becomes a call, or brings the next one forward (`dating.reckon`); messages that count as an attempt are
    planned up to the workspace's limit. With a lead that is put away all of it rests.
    """
    if event.lead_id is None or "undoes" in event.data:  # an undone move brings back what was planned before it
        return
    lead = get_lead(event.lead_id)
    stage_id, change_id = UUID(str(event.data["stage_id"])), UUID(str(event.data["stage_change_id"]))
    sequences = started_by(stage_id)
    planned: list[FollowUp] = []
    for sequence in sequences:
        # One that ends with its stage was ended by the move itself.
        if sequence.ends_with_stage or event.name == "lead.created" or not is_under_way(lead.id, sequence.id):
            planned += begin(lead, sequence, event.actor, "stage", change_id, hold=undo_time(event))[1]
    if not sequences:
        planned = _from_stage(stage_id, lead, change_id)
    if lead.shelf != "desk":
        put_to_rest([lead.id])
    if event.name == "lead.created":  # nothing else can be planned with it yet
        keep_first(lead, planned)
    else:
        refresh_next_act(lead.id)


def started_by(stage_id: UUID) -> list[Sequence]:
    """The sequences that a lead begins when it enters a stage, in their order; detached."""
    found = [
        each for each in known(Sequence)
        if each.starts == "stage" and each.stage_id == stage_id and each.is_active and each.steps
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.position, each.id))


def plan_task(
    lead: Lead, title: str, due_at: datetime, kind: str, actor: Actor, *, step_key: str | None = None
) -> FollowUp:
    """Plan a task or a call by hand, apart from any stage: it stays until someone does it or skips it, and rests while
    the lead is put away. `step_key` names what it is for where something of ours looks for it again.
    """
    follow_up = FollowUp(lead_id=lead.id, kind=kind, title=title, due_at=due_at, state="planned", step_key=step_key)
    db.session.add(follow_up)
    db.session.flush()
    if lead.shelf != "desk":
        put_to_rest([lead.id])
    refresh_next_act(lead.id)
    publish(
        Event(
            "follow_up.planned", lead.workspace_id, actor, "follow_up", follow_up.id, lead_id=lead.id,
            data={"kind": kind}, topics=frozenset({topic("stage", lead.stage_id)}),
        )
    )  # fmt: skip
    return follow_up


def _from_stage(stage_id: UUID, lead: Lead, change_id: UUID) -> list[FollowUp]:
    stage = next((stage for stage in known(Stage) if stage.id == stage_id), None)
    if stage is None or stage.follow_up_days is None:
        return []
    due_at = current_workspace().clock().due_at(utcnow(), stage.follow_up_days)
    task = FollowUp(
        lead_id=lead.id, stage_change_id=change_id, kind="task", title="Follow up", due_at=due_at, state="planned"
    )
    db.session.add(task)
    db.session.flush()
    return [task]
