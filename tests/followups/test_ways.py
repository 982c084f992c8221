"""A lead's way through a sequence: branches, moves, pauses, versions, and all that ends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.contacts.models import Consent
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Condition, Delay, Step
from app.followups.services import (
    enrol,
    finish_follow_up,
    move_to_version,
    pause,
    resume,
    save_steps,
    skip,
    stop,
)
from app.leads.services import move_to_stage, stage_by_key
from app.messaging.models import Message
from app.messaging.services import suppress
from app.workspaces.queries import current_workspace
from tests.followups.conftest import EMAIL, MONDAY


def email(key: str, amount: int = 0, unit: str = "days", **given: Any) -> Step:
    return Step(key, "email", key.capitalize(), Delay(amount, unit), template_key="plain_email", **given)


def call(key: str, amount: int = 0) -> Step:
    return Step(key, "call", key.capitalize(), Delay(amount), counts=False)


def branch(key: str, on: str, amount: int, yes: tuple[Step, ...], no: tuple[Step, ...]) -> Step:
    return Step(key, "branch", "", Delay(amount), condition=Condition(on), yes=yes, no=no)


def let_pass(clock: Any, days: float) -> None:
    """Time goes by, and what falls due is done when it falls due."""
    end = utcnow() + timedelta(days=days)
    while True:
        query = select(outbox.OutboxItem).where(outbox.OutboxItem.state == "ready", outbox.OutboxItem.run_at <= end)
        due = db.session.scalars(
            query.where(outbox.OutboxItem.kind.in_(("follow_up.due", "enrolment.resume")))
            .order_by(outbox.OutboxItem.run_at)
            .execution_options(populate_existing=True)
        ).first()
        if due is None:
            break
        clock.move_to(max(utcnow(), due.run_at))
        outbox.run(due.workspace_id, due.id)
        db.session.expire_all()
    clock.move_to(end)


def states(enrolment: Enrolment) -> dict[str, str]:
    rows = db.session.scalars(select(FollowUp).where(FollowUp.enrolment_id == enrolment.id))
    return {str(row.step_key): row.state if row.why is None else f"{row.state} {row.why}" for row in rows}


def sent(lead: Any) -> list[str]:
    rows = select(FollowUp.step_key).join(Message, Message.id == FollowUp.message_id)
    query = rows.where(FollowUp.lead_id == lead.id, Message.state != "cancelled").order_by(Message.created_at)
    return list(db.session.scalars(query))


def tell(lead: Any, event: str, **data: Any) -> None:
    publish(Event(event, lead.workspace_id, SYSTEM, "lead", lead.id, lead_id=lead.id, data=data))
    db.session.commit()


def begin(lead: Any, sequence: Sequence) -> Enrolment:
    enrolment = enrol(lead, sequence, SYSTEM)
    db.session.commit()
    return enrolment


def test_a_branch_is_decided_when_its_time_has_come(clock: Any, lead: Any, sequence: Any) -> None:
    steps = (
        email("ask"),
        branch("silent", "no_reply", 2, (email("nudge", 1),), (call("ring"),)),
        call("close", 3),
    )
    enrolment = begin(lead, sequence(*steps))
    assert states(enrolment) == {"ask": "planned", "silent": "planned"}
    let_pass(clock, 2.1)
    assert states(enrolment) == {"ask": "done", "silent": "done yes", "nudge": "planned", "close": "planned"}
    let_pass(clock, 10)
    assert sent(lead) == ["ask", "nudge"]
    [ring] = [row for row in db.session.scalars(select(FollowUp)) if row.step_key == "close"]
    assert ring.due_at == datetime(2024, 6, 10, 8, 0, tzinfo=UTC)  # day 6 is a Sunday
    finish_follow_up(ring.id, SYSTEM)
    assert (enrolment.state, enrolment.why) == ("finished", "finished")


def test_an_answer_that_a_machine_wrote_is_none(clock: Any, lead: Any, sequence: Any) -> None:
    asked = branch("q", "replied", 1, (call("yes"),), (call("no"),))
    first, second = begin(lead, sequence(asked)), begin(lead, sequence(asked, key="two", name="Two"))
    wrote = {"direction": "in", "state": "received", "recipient": EMAIL, "body": "x", "channel": "email"}
    clock.shift(60)
    db.session.add(Message(lead_id=lead.id, contact_id=lead.contact_id, triage="automatic", **wrote))
    db.session.commit()
    let_pass(clock, 1.01)
    assert states(first) == {"q": "done no", "no": "planned"}
    assert states(second) == {"q": "done no", "no": "planned"}


def test_a_lead_is_moved_and_its_sequence_ends_with_that(clock: Any, lead: Any, sequence: Any) -> None:
    move = Step("on", "stage", "", Delay(1), stage_key="contacted")
    enrolment = begin(lead, sequence(email("ask"), move))
    let_pass(clock, 1.1)
    assert lead.stage_id == stage_by_key("contacted").id
    assert states(enrolment) == {"ask": "done", "on": "done"}
    assert enrolment.state == "finished"


@pytest.mark.parametrize(
    ("event", "data", "why"),
    [
        ("reply.received", {"triage": "question"}, "replied"), ("quote.question_asked", {}, "replied"),
        ("contact.opted_out", {"channel": "sms"}, "opted_out"), ("appointment.booked", {}, "booked"),
    ],
)  # fmt: skip
def test_what_ends_a_chase(clock: Any, lead: Any, sequence: Any, event: str, data: Any, why: str) -> None:
    enrolment = begin(lead, sequence(email("ask"), email("nudge", 3), call("ring", 2), ends_with_stage=False))
    let_pass(clock, 0.1)
    assert db.session.scalars(select(Message.state)).all() == ["queued"]
    tell(lead, event, **data)
    let_pass(clock, 30)
    assert states(enrolment) == {"ask": "done", "nudge": f"cancelled {why}", "ring": f"cancelled {why}"}
    assert (enrolment.state, enrolment.why) == ("stopped", why)
    assert db.session.scalars(select(Message.state)).all() == ["cancelled"]  # it had not left yet
    assert lead.next_act is None
    assert "sequence.stopped" in db.session.scalars(select(Activity.event)).all()


def test_a_doubtful_answer_pauses_and_a_machine_changes_nothing(clock: Any, lead: Any, sequence: Any) -> None:
    enrolment = begin(lead, sequence(email("ask", 1), email("nudge", 3)))
    tell(lead, "reply.received", triage="automatic")
    assert enrolment.state == "active"
    tell(lead, "reply.received", triage="unclear")
    assert (enrolment.state, enrolment.why) == ("paused", "doubtful_reply")
    let_pass(clock, 9)
    assert sent(lead) == []
    resume(enrolment.id, SYSTEM)
    db.session.commit()
    let_pass(clock, 6)
    assert sent(lead) == ["ask", "nudge"]


def test_a_pause_moves_what_follows_by_its_days(clock: Any, lead: Any, sequence: Any) -> None:
    enrolment = begin(lead, sequence(email("ask", 1), email("nudge", 3), call("ring", 3)))
    let_pass(clock, 1.1)
    with pytest.raises(Invalid):
        pause(enrolment.id, SYSTEM, utcnow() - timedelta(days=1))
    pause(enrolment.id, SYSTEM, utcnow() + timedelta(days=7))
    db.session.commit()
    assert lead.next_act is None
    with pytest.raises(Conflict):
        pause(enrolment.id, SYSTEM)
    let_pass(clock, 6.9)
    assert (enrolment.state, sent(lead)) == ("paused", ["ask"])
    let_pass(clock, 0.2)
    rows = {row.step_key: row.due_at for row in db.session.scalars(select(FollowUp)) if row.state == "planned"}
    assert rows == {"nudge": MONDAY + timedelta(days=11), "ring": MONDAY + timedelta(days=14)}
    assert enrolment.state == "active"
    with pytest.raises(Conflict):
        resume(enrolment.id, SYSTEM)


def test_a_person_skips_and_stops(clock: Any, lead: Any, sequence: Any) -> None:
    enrolment = begin(lead, sequence(email("ask", 1), email("nudge", 3)))
    rows = {row.step_key: row for row in db.session.scalars(select(FollowUp))}
    skip(rows["ask"].id, SYSTEM)
    with pytest.raises(Conflict):
        enrol(lead, db.session.scalars(select(Sequence).where(Sequence.key == "own")).one(), SYSTEM)
    stop(enrolment.id, SYSTEM)
    db.session.commit()
    let_pass(clock, 20)
    assert states(enrolment) == {"ask": "skipped by_person", "nudge": "cancelled by_person"}
    with pytest.raises(Conflict):
        stop(enrolment.id, SYSTEM)


def test_who_is_under_way_stays_on_their_version_or_is_moved(
    clock: Any, lead: Any, make_lead: Any, sequence: Any
) -> None:
    own = sequence(email("ask"), email("nudge", 3), call("ring", 2))
    stays, moves = begin(lead, own), begin(make_lead(email="b@example.com", phone="07700 900319"), own)
    let_pass(clock, 0.1)
    save_steps(own.id, (email("before"), email("ask"), email("later", 5), call("ring", 2)), own.version, SYSTEM)
    db.session.commit()
    assert move_to_version(own.id, [moves.id], SYSTEM) == 1
    db.session.commit()
    assert move_to_version(own.id, [moves.id], SYSTEM) == 0
    assert states(stays) == {"ask": "done", "nudge": "planned", "ring": "planned"}
    assert states(moves) == {"ask": "done", "nudge": "cancelled new_version", "later": "planned", "ring": "planned"}
    due = select(FollowUp.due_at).where(FollowUp.enrolment_id == moves.id, FollowUp.step_key == "ring")
    assert db.session.scalars(due).one() == MONDAY + timedelta(days=7)
    let_pass(clock, 9)
    assert {"ask", "nudge"} == set(sent(lead))


def test_two_sequences_keep_their_distance_from_one_person(
    clock: Any, lead: Any, make_lead: Any, sequence: Any
) -> None:
    other = make_lead(email=EMAIL, phone="07700 900318")
    assert other.contact_id == lead.contact_id
    begin(lead, sequence(email("one")))
    begin(other, sequence(email("two", 1, "hours"), key="two", name="Two"))
    begin(other, sequence(email("ack", any_hour=True, counts=False), key="three", name="Three"))
    let_pass(clock, 5)
    rows = db.session.execute(
        select(FollowUp.step_key, Message.created_at).join(Message, Message.id == FollowUp.message_id)
    )
    assert dict(map(tuple, rows)) == {"one": MONDAY, "ack": MONDAY, "two": MONDAY + timedelta(days=1)}


def test_after_an_opt_out_nothing_is_written_by_that_way(clock: Any, lead: Any, sequence: Any) -> None:
    text = Step("text", "sms", "Text", Delay(1), template_key="plain_sms")
    enrolment = begin(lead, sequence(text, email("mail", 2)))
    suppress("sms", "+447700900318", "stop")
    db.session.commit()
    let_pass(clock, 9)
    assert states(enrolment) == {"text": "cancelled opted_out", "mail": "done"}


def test_rules_begin_a_sequence_for_whom_they_fit(clock: Any, world: Any, lead: Any, sequence: Any) -> None:
    may = [{"fact": "may_email", "operator": "is", "value": "yes"}]
    sequence(email("year", 30), starts="rule", rule={"event": "lead.lost", "conditions": may})
    lost, contacted = stage_by_key("lost_contact").id, stage_by_key("contacted").id
    move_to_stage(lead.id, lost, world.alice.actor)
    assert db.session.scalars(select(Enrolment)).all() == []
    move_to_stage(lead.id, contacted, world.alice.actor)
    db.session.add(
        Consent(
            contact_id=lead.contact_id, channel="email", purpose="marketing", granted=True, wording="Yes", source="test"
        )
    )  # fmt: skip
    db.session.flush()
    clock.shift(60)
    move_to_stage(lead.id, lost, world.alice.actor)
    [enrolment] = db.session.scalars(select(Enrolment)).all()
    assert (enrolment.started_how, enrolment.state) == ("rule", "active")
    clock.shift(60)
    move_to_stage(lead.id, contacted, world.alice.actor)
    db.session.refresh(enrolment)
    assert (enrolment.state, enrolment.why) == ("stopped", "left_stage")


def test_steps_that_could_never_happen_are_refused(world: Any, sequence: Any) -> None:
    own = sequence(email("ask"))
    wrong = (
        Step("mail", "email", "Mail", template_key="gone"),
        Step("text", "sms", "Text", Delay(800), template_key="plain_sms", window=("20:00", "21:00")),
        Step("on", "stage", "", stage_key="nowhere"), Step("q", "branch", ""), Step("ring", "call", ""),
        Step("f", "branch", "", condition=Condition("field", "source", "is", "nothing")),
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        save_steps(own.id, wrong, own.version, SYSTEM)
    assert set(refused.value.errors) == {
        "steps.mail.template_key", "steps.text.delay", "steps.text.window", "steps.on.stage_key", "steps.q.condition",
        "steps.f.condition", "steps.ring.title",
    }  # fmt: skip
    with pytest.raises(Conflict):
        save_steps(own.id, (email("ask"),), own.version + 1, SYSTEM)
    assert current_workspace().max_follow_ups == 3
