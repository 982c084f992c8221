"""Doing a follow-up whose time has come: its message is written, and counted as an attempt."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.activities.services import set_quietly
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp, FollowUpRule
from app.followups.services.planning import plan_task, refresh_next_act
from app.followups.services.resting import WHY
from app.leads.models import Lead
from app.messaging import services as messaging
from app.messaging.models import MessageTemplate
from app.workspaces.queries import current_workspace


def carry_out(follow_up_id: UUID) -> datetime | None:
    """Send what was planned, if it still is to be sent. Returns a later moment when it is too late in the day now.

    Whatever can't be sent is skipped with the reason, and becomes a task for a person.
    """
    follow_up, lead = locked(follow_up_id)
    if follow_up.state != "planned":
        return None
    if lead.shelf != "desk":
        _close(follow_up, lead, "cancelled", WHY)
        return None
    rule = _rule(follow_up)
    template = _template(rule)
    if rule is not None and rule.stage_id != lead.stage_id:
        _close(follow_up, lead, "cancelled", "left_stage")
        return None
    later = _opening(rule)
    if later is not None:
        follow_up.due_at = later
        refresh_next_act(lead.id)
        return later
    workspace = current_workspace()
    if rule is not None and rule.counts_as_attempt and lead.follow_up_count >= workspace.max_follow_ups:
        _close(follow_up, lead, "cancelled", "enough_attempts")
        return None
    if template is None:
        _give_to_person(follow_up, lead, "no_template", f"Choose a template: {follow_up.title}")
        return None
    _send(follow_up, lead, template, counts=rule is not None and rule.counts_as_attempt)
    return None


def locked(follow_up_id: UUID) -> tuple[FollowUp, Lead]:
    """A follow-up and its lead as they stand now, both locked until the commit. Raises NotFound.

    The lead first: whoever moves it to another stage takes the two in that order as well.
    """
    here = current_workspace_id()
    lead = db.session.scalars(
        select(Lead)
        .join(FollowUp, (FollowUp.workspace_id == Lead.workspace_id) & (FollowUp.lead_id == Lead.id))
        .where(FollowUp.workspace_id == here, FollowUp.id == follow_up_id)
        .with_for_update(of=Lead, key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if lead is None:
        raise NotFound
    follow_up = db.session.scalars(
        select(FollowUp)
        .where(FollowUp.workspace_id == here, FollowUp.id == follow_up_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return follow_up, lead


def _send(follow_up: FollowUp, lead: Lead, template: MessageTemplate, *, counts: bool) -> None:
    contact = lead.contact
    recipient = contact.email if template.channel == "email" else contact.phone
    if not recipient:
        _give_to_person(follow_up, lead, "no_address", f"Call instead: {follow_up.title}")
        return
    try:
        words = messaging.render_template(template, lead)
    except messaging.TemplateFault as fault:
        _give_to_person(follow_up, lead, f"no_{fault.variable}", f"Check template \u201c{template.name}\u201d")
        return
    message = messaging.compose(
        lead, template.channel, recipient=recipient, subject=words.subject, body=words.body, html=words.html,
        purpose=template.purpose, template_key=template.key, actor=SYSTEM,
    )  # fmt: skip
    follow_up.message_id = message.id
    if counts:
        set_quietly(lead, {"follow_up_count": lead.follow_up_count + 1})
    _close(follow_up, lead, "done", None)


def _give_to_person(follow_up: FollowUp, lead: Lead, why: str, task: str) -> None:
    _close(follow_up, lead, "skipped", why)
    plan_task(lead, task, current_workspace().clock().next_open(utcnow()), "task", SYSTEM)


def _close(follow_up: FollowUp, lead: Lead, state: str, why: str | None) -> None:
    follow_up.state, follow_up.why, follow_up.finished_at = state, why, utcnow()
    refresh_next_act(lead.id)
    publish(
        Event(
            f"follow_up.{state}", lead.workspace_id, SYSTEM, "follow_up", follow_up.id, lead_id=lead.id,
            data={"kind": follow_up.kind, "why": why}, topics=frozenset({topic("stage", lead.stage_id), "outbox"}),
        )
    )  # fmt: skip


def _rule(follow_up: FollowUp) -> FollowUpRule | None:
    if follow_up.rule_id is None:
        return None
    return db.session.get(FollowUpRule, (follow_up.workspace_id, follow_up.rule_id))


def _template(rule: FollowUpRule | None) -> MessageTemplate | None:
    if rule is None or rule.template_id is None:
        return None
    return db.session.get(MessageTemplate, (rule.workspace_id, rule.template_id))


def _opening(rule: FollowUpRule | None) -> datetime | None:
    """The next opening, when it is closed now: after a stop at night nothing goes out before the morning."""
    if rule is not None and rule.any_hour:
        return None
    clock, now = current_workspace().clock(), utcnow()
    return None if clock.is_open(now) else clock.next_open(now)
