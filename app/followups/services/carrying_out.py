"""Doing a follow-up whose time has come: a message is written, a lead moved, a branch decided."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import MESSAGES, Step, find
from app.followups.services.branching import answer
from app.followups.services.counting import count_attempt
from app.followups.services.ending import end_if_done
from app.followups.services.holding_back import hindrance, template_of, wait_until
from app.followups.services.laying_out import lay_out, put_off_the_rest, rows_of, sequence_of, steps_under_way
from app.followups.services.locking import locked
from app.followups.services.next_act import refresh_next_act
from app.followups.services.planning import plan_task
from app.followups.services.resting import WHY
from app.leads.models import Lead, StageChange
from app.leads.services import move_to_stage, stage_by_key
from app.messaging import services as messaging
from app.workspaces.queries import current_workspace

#: The database's clock rings, ours is asked.
_A_MOMENT = timedelta(seconds=5)


def carry_out(follow_up_id: UUID) -> datetime | None:
    """Do what was planned, if it still is to be done. Returns a later moment when now is not the time for it.

    All is judged anew at this moment, under the lead's lock. What can't be sent is skipped with the reason, and
    becomes a task for a person.
    """
    follow_up, lead = locked(follow_up_id)
    if follow_up.state != "planned":
        return None
    if follow_up.due_at > utcnow() + _A_MOMENT:
        return follow_up.due_at  # it was put off after the bell was hung up for it
    current_workspace()  # sequences and stages need not be asked for from here on
    enrolment = _enrolment(follow_up)
    off = _why_off(follow_up, enrolment, lead)
    if off is not None or enrolment is None:
        _close(follow_up, lead, "cancelled", off)
        return None
    steps = steps_under_way(enrolment)
    step = find(steps, follow_up.step_key)
    if step is None:
        _close(follow_up, lead, "cancelled", "new_version")
        return None
    later = wait_until(step, follow_up.kind, lead, utcnow())
    if later is not None:
        follow_up.due_at = later
        put_off_the_rest(follow_up, enrolment, steps, lead)
        refresh_next_act(lead.id)
        return later
    if follow_up.kind in MESSAGES:
        _write(follow_up, lead, step)
    elif follow_up.kind == "stage":
        _move(follow_up, lead, step)
    else:
        _decide(follow_up, lead, enrolment, steps, step)
    return None


def _enrolment(follow_up: FollowUp) -> Enrolment | None:
    if follow_up.enrolment_id is None:
        return None
    return db.session.get(Enrolment, (follow_up.workspace_id, follow_up.enrolment_id), populate_existing=True)


def _why_off(follow_up: FollowUp, enrolment: Enrolment | None, lead: Lead) -> str | None:
    """Why it must not happen any more, as a code, or None."""
    if lead.shelf != "desk":
        return WHY
    if enrolment is None:
        return "no_template"  # nobody but a sequence plans what leaves by itself
    if enrolment.state != "active":
        return enrolment.why or "left_stage"
    sequence = sequence_of(enrolment.sequence_id)
    # A lead can come to another stage without being moved: when its stage is retired.
    ends = enrolment.started_how == "stage" and sequence.ends_with_stage
    if ends and lead.stage_id not in (sequence.stage_id, _began_in(enrolment)):
        return "left_stage"
    return None


def _began_in(enrolment: Enrolment) -> UUID | None:
    """The stage in which it began, whatever starts its sequence by now."""
    return db.session.scalar(
        select(StageChange.to_stage_id).where(
            StageChange.workspace_id == enrolment.workspace_id, StageChange.id == enrolment.stage_change_id
        )
    )


def _write(follow_up: FollowUp, lead: Lead, step: Step) -> None:
    template = template_of(step, follow_up.kind)
    why, task = hindrance(follow_up, lead, step, template)
    if why is not None or template is None:
        _close(follow_up, lead, "skipped" if task else "cancelled", why)
        if task:
            plan_task(lead, task, current_workspace().clock().next_open(utcnow()), "task", SYSTEM)
        return
    try:
        words = messaging.render_template(template, lead)
    except messaging.TemplateFault as fault:
        _close(follow_up, lead, "skipped", f"no_{fault.variable}")
        task = f"Check template \u201c{template.name}\u201d"
        plan_task(lead, task, current_workspace().clock().next_open(utcnow()), "task", SYSTEM)
        return
    recipient = lead.contact.email if template.channel == "email" else lead.contact.phone
    message = messaging.compose(
        lead, template.channel, recipient=recipient or "", subject=words.subject, body=words.body, html=words.html,
        purpose=template.purpose, template_key=template.key, template_version_no=words.version_no, actor=SYSTEM,
    )  # fmt: skip
    follow_up.message_id = message.id
    if step.counts:
        count_attempt(lead)
    _close(follow_up, lead, "done", None)


def _move(follow_up: FollowUp, lead: Lead, step: Step) -> None:
    try:
        target = stage_by_key(step.stage_key or "")
    except NotFound:
        _close(follow_up, lead, "skipped", "no_stage")
        return
    _close(follow_up, lead, "done", None)  # before the move, which may end the sequence itself
    if target.id != lead.stage_id:
        move_to_stage(lead.id, target.id, SYSTEM)


def _decide(follow_up: FollowUp, lead: Lead, enrolment: Enrolment, steps: tuple[Step, ...], step: Step) -> None:
    decided = answer(step.condition, enrolment, lead)
    follow_up.state, follow_up.why, follow_up.finished_at = "done", "yes" if decided else "no", utcnow()
    db.session.flush()
    lay_out(enrolment, steps, lead, rows_of(enrolment))
    _close(follow_up, lead, "done", follow_up.why)


def _close(follow_up: FollowUp, lead: Lead, state: str, why: str | None) -> None:
    follow_up.state, follow_up.why, follow_up.finished_at = state, why, utcnow()
    end_if_done(follow_up.enrolment_id)
    refresh_next_act(lead.id)
    publish(
        Event(
            f"follow_up.{state}", lead.workspace_id, SYSTEM, "follow_up", follow_up.id, lead_id=lead.id,
            data={"kind": follow_up.kind, "why": why}, topics=frozenset({topic("stage", lead.stage_id), "outbox"}),
        )
    )  # fmt: skip
