"""Messages that were written in time and could not leave then: held for their hours, for a pause, for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select

from app.core import outbox
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import carry_out, enrol, pause, resume, save_steps
from app.followups.services.holding_back import template_of
from app.leads.services import get_lead, move_to_stage, stage_by_key
from app.messaging import transports
from app.messaging.models import Message, MessageTemplate
from app.messaging.ports import NotSent
from app.messaging.services.receiving import receive

EVENING = datetime(2024, 6, 3, 17, 40, tzinfo=UTC)  # 18:40 in Wells
TO = "hannah.cole@example.com"


@pytest.fixture
def clock(world: Any) -> Any:
    """Monday, 3 June 2024, in the evening, and it moves only when told."""
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chase(clock: Any, make_lead: Any, sequence: Any) -> Any:
    """`chase("sms")`: put a lead on a sequence whose one message is written now, and has not left."""
    for each in db.session.scalars(select(Sequence)):
        each.is_active = False
    db.session.commit()

    def begin(kind: str, **given: Any) -> Enrolment:
        lead = make_lead(email=TO, phone="07700 900318")
        steps = (
            Step("ask", kind, "Ask", Delay(0), template_key=f"plain_{kind}", **given),
            Step("ring", "call", "Ring", Delay(3)),
        )
        enrolment = enrol(lead, sequence(*steps), SYSTEM)
        ask = db.session.scalars(select(FollowUp).where(FollowUp.step_key == "ask")).one()
        ask.due_at = utcnow()
        db.session.flush()
        assert carry_out(ask.id) is None
        db.session.commit()
        return enrolment

    return begin


def attempt(clock: Any, at: datetime) -> tuple[str, datetime]:
    """A worker takes the message up at a moment; its state, and when its work is looked at next."""
    clock.move_to(at)
    item = db.session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.kind == "message.send")).one()
    outbox.run(item.workspace_id, item.id)
    db.session.expire_all()
    return db.session.scalars(select(Message.state)).one(), item.run_at


def test_a_text_that_was_kept_up_waits_for_the_morning(clock: Any, chase: Any, mailbox: Any) -> None:
    chase("sms", any_hour=True)
    morning = datetime(2024, 6, 4, 8, tzinfo=UTC)
    assert attempt(clock, EVENING + timedelta(hours=5)) == ("queued", morning)
    assert mailbox.texts("+447700900318") == []
    assert attempt(clock, morning)[0] == "sent"


def test_a_mail_that_may_go_at_any_hour_goes(clock: Any, chase: Any, mailbox: Any) -> None:
    chase("email", any_hour=True)
    assert attempt(clock, EVENING + timedelta(hours=5))[0] == "sent"


def test_a_pause_holds_what_has_not_left(clock: Any, chase: Any, mailbox: Any) -> None:
    enrolment = chase("email", any_hour=True)
    pause(enrolment.id, SYSTEM)
    db.session.commit()
    state, again = attempt(clock, EVENING + timedelta(minutes=1))
    assert state == "queued" and mailbox.mails(TO) == []
    resume(enrolment.id, SYSTEM)
    db.session.commit()
    assert attempt(clock, again)[0] == "sent"


def test_others_keep_their_distance_from_when_it_left(clock: Any, chase: Any, sequence: Any, mailbox: Any) -> None:
    before_closing, morning = EVENING - timedelta(hours=1, minutes=50), datetime(2024, 6, 4, 8, tzinfo=UTC)
    clock.move_to(before_closing)
    lead = get_lead(chase("email").lead_id)
    enrol(lead, sequence(Step("nudge", "email", "Nudge", Delay(0), template_key="plain_email"), key="two"), SYSTEM)
    nudge = db.session.scalars(select(FollowUp).where(FollowUp.step_key == "nudge")).one()
    assert attempt(clock, EVENING) == ("queued", morning)
    assert attempt(clock, morning)[0] == "sent"
    clock.move_to(before_closing + timedelta(hours=24, minutes=5))
    nudge.due_at = utcnow()
    db.session.flush()
    assert carry_out(nudge.id) == morning + timedelta(hours=24)


def test_what_was_in_hand_when_they_answered_is_not_sent_at_the_next_try(
    clock: Any, app: Any, chase: Any, mailbox: Any, monkeypatch: Any, run_outbox: Any
) -> None:
    real, calls = transports.email_transport(), []

    def answered_meanwhile(outgoing: Any) -> Any:
        calls.append(outgoing)
        lead = get_lead(db.session.scalars(select(Message.lead_id).distinct()).one(), lock=True)
        receive(lead, "email", sender=TO, subject="Re", body="No thanks", at=utcnow())
        db.session.commit()
        raise NotSent("smtp_421")

    monkeypatch.setattr(real, "send", answered_meanwhile)
    enrolment = chase("email", any_hour=True)
    run_outbox()
    clock.shift(timedelta(minutes=1))
    run_outbox()
    db.session.refresh(enrolment)
    out = db.session.scalars(select(Message.state).where(Message.direction == "out")).one()
    assert (enrolment.why, out, len(calls)) == ("replied", "cancelled", 1)


def test_what_a_person_moves_on_gets_nothing_of_the_stage_before(clock: Any, world: Any, make_lead: Any) -> None:
    lead = make_lead(email=TO)  # its acknowledgement is planned for now
    ask = db.session.scalars(select(FollowUp).where(FollowUp.kind == "email")).one()
    assert carry_out(ask.id) is None
    db.session.commit()
    with world.alice.acting() as actor:
        move_to_stage(lead.id, stage_by_key("contacted").id, actor)
        db.session.commit()
    assert db.session.scalars(select(Message.state)).all() == ["cancelled"]


def test_words_that_a_workspace_never_stored_are_those_sill_comes_with(clock: Any, world: Any, chase: Any) -> None:
    chase("email", any_hour=True)
    db.session.execute(delete(MessageTemplate).where(MessageTemplate.key == "no_show_email"))
    own = db.session.scalars(select(Sequence).where(Sequence.key == "own")).one()
    step = Step("new", "email", "New", template_key="no_show_email")
    assert save_steps(own.id, (step,), own.version, SYSTEM).version_no == 2
    template = template_of(step, "email")
    assert template is not None and template.subject.startswith("Sorry we missed you")
    assert template_of(Step("old", "email", "Old", template_key="gone"), "email") is None
