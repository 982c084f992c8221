"""Due follow-ups: sent once, by the right way, at a decent hour, and never after the lead has moved on."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.activities.services import set_quietly
from app.core import outbox
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services import carry_out, skip
from app.leads.services import move_to_stage
from app.messaging.models import Message
from app.messaging.services import unsend
from app.workspaces.queries import current_workspace

TO = "hannah.cole@example.com"


@pytest.fixture(autouse=True)
def open_now(world):
    """The firm is open at whatever hour the tests run."""
    set_hours(-2, 2)


def set_hours(opens: int, closes: int) -> None:
    """Open from so many hours after now to so many hours after now, every day, in a zone where it is broad day."""
    workspace = current_workspace()
    zone = next(
        name for name in ("Europe/London", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata")
        if 10 <= utcnow().astimezone(ZoneInfo(name)).hour <= 17
    )  # fmt: skip
    local = utcnow().astimezone(ZoneInfo(zone))
    workspace.time_zone, workspace.weekend_follow_ups = zone, True
    workspace.opens = (local + timedelta(hours=opens)).time().replace(second=0, microsecond=0)
    workspace.closes = (local + timedelta(hours=closes)).time().replace(second=0, microsecond=0)
    db.session.commit()


@pytest.fixture
def no_holidays(monkeypatch):
    """Today is no bank holiday."""
    from app.core import clock

    monkeypatch.setattr(clock, "_bank_holidays", lambda *_: frozenset())


def run(make_due, run_outbox):
    make_due()
    return run_outbox()


def test_a_due_email_is_sent_counted_and_done(
    rule, make_lead, make_due, run_outbox, mailbox, planned, next_act, no_holidays
):
    rule("email", days=3)
    lead = make_lead(email=TO)
    run(make_due, run_outbox)
    [mail] = mailbox.mails(TO)
    assert mail["text"].strip() == "Hello Hannah, did our quote for window cleaning reach you?"
    [follow_up] = planned(lead)
    message = db.session.get(Message, (lead.workspace_id, follow_up.message_id))
    assert (follow_up.state, message.state, message.template_key) == ("done", "sent", "plain_email")
    assert next_act(lead)[:3] == (None, None, 1)


def test_a_due_sms_is_sent(rule, make_lead, make_due, run_outbox, mailbox, no_holidays):
    rule("sms", days=1, counts_as_attempt=False)
    lead = make_lead(phone="07700 900318")
    run(make_due, run_outbox)
    assert mailbox.texts("+447700900318")[0]["body"].startswith("Hello Hannah, did our quote")
    assert lead.follow_up_count == 0


@pytest.mark.parametrize("counts", [True, False])
def test_what_was_taken_back_before_it_left_was_no_attempt(world, rule, make_lead, planned, next_act, counts):
    rule("email", any_hour=True, counts_as_attempt=counts)
    lead = make_lead(email=TO)
    set_quietly(lead, {"follow_up_count": 1})
    carry_out(planned(lead)[0].id)
    db.session.commit()
    assert next_act(lead)[2] == 1 + counts
    unsend(planned(lead)[0].message_id, world.alice.actor)
    db.session.commit()
    assert (next_act(lead)[2], lead.follow_up_count) == (1, 1)


def test_running_the_work_again_sends_nothing_more(rule, make_lead, make_due, run_outbox, mailbox, no_holidays):
    rule("email", days=1)
    make_lead(email=TO)
    run(make_due, run_outbox)
    for item in db.session.scalars(select(outbox.OutboxItem)):
        outbox.replay(item)
    db.session.commit()
    run_outbox()
    assert len(mailbox.mails(TO)) == 1
    assert mailbox.state().get("repeats", 0) in (0, {}, [])


def test_outside_business_hours_it_waits_for_the_next_opening(
    rule, make_lead, make_due, run_outbox, mailbox, planned, no_holidays
):
    rule("email", days=1)
    lead = make_lead(email=TO)
    set_hours(1, 3)
    run(make_due, run_outbox)
    [follow_up] = planned(lead)
    assert follow_up.state == "planned"
    assert timedelta() < follow_up.due_at - utcnow() <= timedelta(hours=1)
    assert lead.next_act_at == follow_up.due_at
    item = db.session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.subject_id == follow_up.id)).one()
    assert abs(item.run_at - follow_up.due_at) < timedelta(seconds=5)
    assert mailbox.mails(TO) == []


def test_what_may_go_at_any_hour_does(rule, make_lead, run_outbox, mailbox):
    rule("email", any_hour=True, template="acknowledgement", counts_as_attempt=False)
    set_hours(1, 3)
    make_lead(email=TO)
    run_outbox()
    assert len(mailbox.mails(TO)) == 1


def test_a_lead_that_moved_on_gets_nothing(
    world, rule, make_lead, make_due, run_outbox, mailbox, planned, stage_id, no_holidays
):
    rule("email", days=1)
    rule("call", stage="contacted", days=1)
    lead = make_lead(email=TO)
    move_to_stage(lead.id, stage_id("contacted"), world.alice.actor)
    db.session.commit()
    run(make_due, run_outbox)
    assert mailbox.mails(TO) == []
    assert [each.state for each in planned(lead) if each.kind == "email"] == ["cancelled"]


def test_a_cancel_that_comes_after_the_claim_still_wins(
    world, rule, make_lead, make_due, mailbox, planned, stage_id, no_holidays
):
    """The worker has the work in hand, and then the lead moves: what was planned is off all the same."""
    from app.core.outbox import Claim
    from app.followups.jobs import carry_out

    rule("email", days=1)
    lead = make_lead(email=TO)
    make_due()
    item = db.session.scalars(select(outbox.OutboxItem)).one()
    claim: Claim | None = outbox.claim_one(item.workspace_id, item.id)
    move_to_stage(lead.id, stage_id("declined"), world.alice.actor)
    db.session.commit()
    carry_out(claim)
    assert planned(lead)[0].state == "cancelled"
    assert db.session.scalars(select(Message)).all() == []


def test_the_limit_holds_also_when_it_was_lowered_after_planning(
    rule, make_lead, make_due, run_outbox, mailbox, planned, no_holidays
):
    rule("email", days=1)
    lead = make_lead(email=TO)
    current_workspace().max_follow_ups = 0
    db.session.commit()
    run(make_due, run_outbox)
    assert (planned(lead)[0].state, planned(lead)[0].why) == ("cancelled", "enough_attempts")
    assert mailbox.mails(TO) == []


def test_a_template_that_cannot_be_filled_becomes_a_task_for_a_person(
    rule, words, make_lead, make_due, run_outbox, mailbox, planned, next_act, no_holidays
):
    words("towny", "Hello {first_name} in {town}")
    rule("email", days=1, template="towny")
    lead = make_lead(email=TO, town=None)
    run(make_due, run_outbox)
    [skipped] = planned(lead, "skipped")
    [task] = planned(lead, "planned")
    assert skipped.why == "no_town"
    assert (task.kind, task.title) == ("task", "Check template “Towny”")
    assert next_act(lead)[0] == task.title
    assert mailbox.mails(TO) == []


def test_a_rule_without_template_becomes_a_task(rule, make_lead, make_due, run_outbox, planned, no_holidays):
    rule("email", days=1, template=None)
    lead = make_lead(email=TO)
    run(make_due, run_outbox)
    assert planned(lead, "skipped")[0].why == "no_template"
    assert planned(lead, "planned")[0].title == "Choose a template: A email"


def test_an_address_that_went_away_becomes_a_task(rule, make_lead, make_due, run_outbox, planned, no_holidays):
    rule("email", days=1)
    lead = make_lead(email=TO)
    lead.contact.set_email(None)
    db.session.commit()
    run(make_due, run_outbox)
    assert planned(lead, "planned")[0].title == "Call instead: A email"


def test_what_a_person_left_out_is_not_sent(
    world, rule, make_lead, make_due, run_outbox, mailbox, planned, no_holidays
):
    rule("email", days=1)
    lead = make_lead(email=TO)
    skip(planned(lead)[0].id, world.alice.actor)
    db.session.commit()
    run(make_due, run_outbox)
    assert mailbox.mails(TO) == []
    assert planned(lead)[0].state == "skipped"


def test_a_lead_that_was_erased_leaves_no_work_behind(rule, make_lead, make_due, run_outbox, planned):
    rule("email", days=1)
    [follow_up] = planned(make_lead())
    item_id = db.session.scalars(select(outbox.OutboxItem.id)).one()
    db.session.delete(follow_up)
    db.session.commit()
    run(make_due, run_outbox)
    item = db.session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.id == item_id)).one()
    assert item.state == "done"
    assert db.session.scalars(select(FollowUp)).all() == []
