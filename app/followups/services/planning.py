"""Entering a stage plans what follows; leaving it cancels what has not been done."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.activities.services import set_quietly
from app.core import outbox
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp, FollowUpRule
from app.leads.models import Lead, Stage
from app.leads.services import get_lead
from app.workspaces.models import Workspace
from app.workspaces.queries import current_workspace

DUE = "follow_up.due"
MESSAGES = ("email", "sms")


def plan_for_stage(event: Event) -> None:
    """The reaction to a lead entering a stage: one follow-up for each of the stage's rules.

    A stage without rules that asks for attention after some days gets a task then. An email to somebody without an
    address becomes a call; messages that count as an attempt are planned up to the workspace's limit.
    """
    if event.lead_id is None or "undoes" in event.data:  # an undone move brings back what was planned before it
        return
    lead, workspace = get_lead(event.lead_id), current_workspace()
    stage_id, change_id = UUID(str(event.data["stage_id"])), UUID(str(event.data["stage_change_id"]))
    now = utcnow()
    rules = _rules(stage_id)
    made = [_from_rule(rule, lead, workspace, change_id, now) for rule in rules]
    planned = [follow_up for follow_up in made if follow_up is not None]
    if not rules:
        planned = _from_stage(stage_id, lead, workspace, change_id, now)
    planned = _within_limit(planned, rules, workspace.max_follow_ups - lead.follow_up_count)
    db.session.add_all(planned)
    db.session.flush()
    for follow_up in planned:
        if follow_up.kind in MESSAGES:
            outbox.enqueue(DUE, follow_up.id, run_at=follow_up.due_at)
    if event.name == "lead.created":  # nothing else can be planned with it yet
        first = min(planned, key=lambda each: (each.due_at, each.id), default=None)
        _keep_next_act(lead, first.title if first else None, first.due_at if first else None)
    else:
        refresh_next_act(lead.id)


def cancel_planned(event: Event) -> None:
    """The reaction to a lead leaving a stage: what that stage had planned is off. Tasks that people made stay.

    The lead's next act is left to `plan_for_stage`, which follows in the table of reactions.
    """
    if event.lead_id is None:
        return
    ids = list(
        db.session.scalars(
            update(FollowUp)
            .where(
                FollowUp.workspace_id == current_workspace_id(),
                FollowUp.lead_id == event.lead_id,
                FollowUp.state == "planned",
                FollowUp.stage_change_id.is_not(None),
                FollowUp.stage_change_id != UUID(str(event.data["stage_change_id"])),
            )
            .values(state="cancelled", why="left_stage", finished_at=utcnow(), version=FollowUp.version + 1)
            .returning(FollowUp.id)
            .execution_options(synchronize_session="fetch")
        )
    )
    outbox.cancel(DUE, ids)


def plan_task(lead: Lead, title: str, due_at: datetime, kind: str, actor: Actor) -> FollowUp:
    """Plan a task or a call by hand, apart from any stage: it stays until someone does it or skips it."""
    follow_up = FollowUp(lead_id=lead.id, kind=kind, title=title, due_at=due_at, state="planned")
    db.session.add(follow_up)
    db.session.flush()
    refresh_next_act(lead.id)
    publish(
        Event(
            "follow_up.planned", lead.workspace_id, actor, "follow_up", follow_up.id, lead_id=lead.id,
            data={"kind": kind}, topics=frozenset({topic("stage", lead.stage_id)}),
        )
    )  # fmt: skip
    return follow_up


def refresh_next_act(lead_id: UUID) -> None:
    """Keep the lead's next act: the earliest that is planned, or none."""
    lead = get_lead(lead_id)
    db.session.flush()
    earliest = db.session.execute(
        select(FollowUp.title, FollowUp.due_at)
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead_id, FollowUp.state == "planned"
        )
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(1)
    ).one_or_none()
    _keep_next_act(lead, *(earliest or (None, None)))


def _keep_next_act(lead: Lead, title: str | None, due_at: datetime | None) -> None:
    if (lead.next_act, lead.next_act_at) != (title, due_at):
        set_quietly(lead, {"next_act": title, "next_act_at": due_at})


def due_time(workspace: Workspace, start: datetime, days: int, minutes: int, any_hour: bool) -> datetime:
    """When something planned at `start` is due: to the minute, or moved into the workspace's opening hours."""
    if any_hour:
        return start + timedelta(days=days, minutes=minutes)
    return workspace.clock().due_at(start, days, minutes)


def _rules(stage_id: UUID) -> list[FollowUpRule]:
    rules = [rule for rule in known(FollowUpRule) if rule.stage_id == stage_id and rule.is_active]
    return sorted(rules, key=lambda rule: (rule.position, rule.id))


def _from_rule(rule: FollowUpRule, lead: Lead, workspace: Workspace, change_id: UUID, now: datetime) -> FollowUp | None:
    kind = _reachable_kind(rule.kind, lead)
    if kind is None:
        return None
    # A call that stands in for a mail is for people, who do not call at night.
    any_hour = rule.any_hour and kind == rule.kind
    due_at = due_time(workspace, now, rule.delay_days, rule.delay_minutes, any_hour)
    return FollowUp(
        lead_id=lead.id, rule_id=rule.id, stage_change_id=change_id, kind=kind, title=rule.title, due_at=due_at,
        state="planned",
    )  # fmt: skip


def _reachable_kind(kind: str, lead: Lead) -> str | None:
    """The kind itself; a call for an email to somebody with a number only; None when nothing can be sent.

    A call to somebody without a number stays as a task: without it nobody would think of the lead again.
    """
    has_email, has_phone = bool(lead.contact.email_sealed), bool(lead.contact.phone_sealed)
    if kind == "email" and not has_email:
        return "call" if has_phone else None
    if kind == "sms" and not has_phone:
        return None
    return "task" if kind == "call" and not has_phone else kind


def _from_stage(stage_id: UUID, lead: Lead, workspace: Workspace, change_id: UUID, now: datetime) -> list[FollowUp]:
    stage = next((stage for stage in known(Stage) if stage.id == stage_id), None)
    if stage is None or stage.follow_up_days is None:
        return []
    due_at = workspace.clock().due_at(now, stage.follow_up_days)
    return [
        FollowUp(
            lead_id=lead.id, stage_change_id=change_id, kind="task", title="Follow up", due_at=due_at, state="planned"
        )
    ]


def _within_limit(planned: list[FollowUp], rules: list[FollowUpRule], left: int) -> list[FollowUp]:
    """Drop the last messages that count as an attempt beyond what is left of the workspace's limit."""
    counting = {rule.id for rule in rules if rule.counts_as_attempt}
    kept = []
    for follow_up in sorted(planned, key=lambda each: each.due_at):
        if follow_up.kind in MESSAGES and follow_up.rule_id in counting:
            if left <= 0:
                continue
            left -= 1
        kept.append(follow_up)
    return kept
