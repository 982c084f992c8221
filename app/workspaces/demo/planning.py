"""What is planned with the demo's leads: what was due is done, save for a few late calls; the rest lies ahead.

No message is left to be sent that should have gone already: starting the demo must not empty a bag of mail.
"""

from datetime import datetime, timedelta

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.core import outbox
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import Step, steps_of
from app.followups.services.dating import allowed, reckon
from app.followups.services.laying_out import DUE
from app.workspaces.demo.cast import Cast
from app.workspaces.demo.history import History

_MESSAGES = ("email", "sms")
#: How many calls and tasks are late; a board that is all red shows nothing.
_MOST_LATE = 6
_SOON = timedelta(minutes=30)


def plan(cast: Cast, history: History) -> None:
    """Plan what the lead's stage asks for, as if it had begun its sequence when it entered."""
    lead, change = history.lead, history.change
    sequence = cast.sequences.get(lead.stage_id)
    if sequence is None or change is None:
        return
    enrolment = cast.add(
        Enrolment(
            lead_id=lead.id, sequence_id=sequence.id, version_no=1, state="active", started_how="stage",
            started_at=change.at, counts_from=change.at, stage_change_id=change.id,
        )
    )  # fmt: skip
    planned = []
    for each in reckon(steps_of(sequence.steps), change.at, cast.workspace):
        step = each.step
        kind = "call" if step.kind == "email" and not history.contact.email else step.kind
        at = allowed(step, kind, cast.clock, each.at)
        follow_up = FollowUp(
            lead_id=lead.id, enrolment_id=enrolment.id, sequence_id=sequence.id, step_key=step.key,
            stage_change_id=change.id, kind=kind, title=step.title, due_at=at, state="planned", created_at=change.at,
        )  # fmt: skip
        _settle(cast, history, step, follow_up)
        cast.add(follow_up)
        if follow_up.state == "planned":
            planned.append(follow_up)
    if planned:
        first = min(planned, key=lambda each: each.due_at)
        lead.next_act, lead.next_act_at = first.title, first.due_at
    else:
        enrolment.state, enrolment.why, enrolment.ended_at = "finished", "finished", cast.now


def _settle(cast: Cast, history: History, step: Step, follow_up: FollowUp) -> None:
    is_message = follow_up.kind in _MESSAGES
    if follow_up.due_at > cast.now + (_SOON if is_message else timedelta()):
        return
    if is_message:
        done_at = min(follow_up.due_at, cast.now)
        first_word = step.template_key in ("acknowledgement", "not_in_area")
        message = history.acknowledged if first_word else history.write(step.template_key or "", done_at)
        follow_up.message_id = message.id if message else None
        history.lead.follow_up_count += step.counts
        _finish(follow_up, done_at)
    elif _was_done(cast, history, step):
        done_at = min(follow_up.due_at + timedelta(minutes=20), cast.now)
        history.call(done_at, "no_answer")
        _finish(follow_up, done_at)
    elif not cast.late or (cast.late < _MOST_LATE and cast.random.random() < 0.4):
        cast.late += 1
    else:
        follow_up.due_at = cast.clock.next_open(cast.now + timedelta(hours=cast.random.uniform(0.5, 40)))


def _was_done(cast: Cast, history: History, step: Step) -> bool:
    """Calls instead of a mail, and chasing ones of quoted leads, were made in passing, but for the first of these: at
    some hours no other is late. Others move the lead on.
    """
    if step.kind == "email":
        return True
    is_chasing = step.kind == "call" and history.lead.stage_id == cast.stages["quote_sent"].id
    return is_chasing and cast.random.random() < 0.7 and cast.late > 0


def _finish(follow_up: FollowUp, at: datetime) -> None:
    follow_up.state, follow_up.finished_at = "done", at


def enqueue_messages(cast: Cast) -> int:
    """Leave the sending of what is planned to the worker. Returns how many messages wait."""
    waiting = [row for row in cast.rows[FollowUp] if row.state == "planned" and row.kind in _MESSAGES]
    for follow_up in waiting:
        outbox.enqueue(DUE, follow_up.id, run_at=follow_up.due_at)
    return len(waiting)


def appoint_crew(cast: Cast, histories: list[History]) -> None:
    """Give the cleaner visits: surveys for who asked for a quote, first cleans for who is booked."""
    wanted = [each for each in histories if each.lead.stage_id == cast.stages["quote_requested"].id]
    for number, history in enumerate(wanted):
        _visit(cast, history, cast.now + timedelta(hours=2 + 5 * number))
    booked = [each for each in histories if each.lead.first_service_date is not None]
    for history in [each for each in booked if each.lead.first_service_date >= cast.now.date()][:8]:
        opening = datetime.combine(history.lead.first_service_date, cast.workspace.opens, cast.clock.zone)
        _visit(cast, history, opening + timedelta(hours=cast.random.randint(0, 5)))


def _visit(cast: Cast, history: History, wanted: datetime) -> None:
    starts_at = cast.clock.next_open(wanted.replace(minute=0, second=0, microsecond=0))
    visit = cast.add(
        Appointment(
            lead_id=history.lead.id, user_id=cast.crew.id, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30), status="set", created_at=history.lead.stage_entered_at,
        )
    )  # fmt: skip
    cast.add(
        Activity(
            lead_id=history.lead.id, kind="appointment", event="appointment.set", at=history.lead.stage_entered_at,
            actor_kind="person", actor_id=history.doer, subject_id=visit.id, data={},
        )
    )  # fmt: skip
