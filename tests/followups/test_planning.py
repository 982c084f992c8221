"""What entering a stage plans, when it is due, and what leaving it calls off."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import outbox
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services import plan_task
from app.leads.services import LeadDraft, create_lead, move_to_stage, stage_by_key
from app.rounds.models import Closure
from app.workspaces.queries import current_workspace

LONDON = ZoneInfo("Europe/London")


def at(words: str) -> datetime:
    """A moment in Wells as UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON).astimezone(UTC)


def work_on(follow_up: FollowUp) -> list[str]:
    query = select(outbox.OutboxItem.state).where(outbox.OutboxItem.subject_id == follow_up.id)
    return list(db.session.scalars(query))


@pytest.mark.parametrize(
    ("entered", "days", "minutes", "due"),
    [
        ("2026-11-17 10:30", 1, 0, "2026-11-18 10:30"),
        ("2026-11-17 19:30", 0, 0, "2026-11-18 09:00"),
        ("2026-11-20 16:30", 0, 60, "2026-11-23 09:00"),  # over the weekend
        ("2026-11-18 11:00", 3, 0, "2026-11-23 09:00"),  # the third day is a Saturday
        ("2026-12-24 12:00", 1, 0, "2026-12-29 09:00"),  # Christmas, a Saturday Boxing Day and its Monday substitute
        ("2026-04-02 12:00", 1, 0, "2026-04-07 09:00"),  # Good Friday to Easter Monday
        ("2026-10-24 12:00", 2, 0, "2026-10-26 12:00"),  # the clocks go back in between
        ("2026-03-27 12:00", 3, 0, "2026-03-30 12:00"),  # the clocks go forward in between
    ],
)
def test_follow_ups_are_due_in_business_hours(rule, make_lead, planned, entered, days, minutes, due):
    rule("call", days=days, minutes=minutes)
    with time_machine.travel(at(entered), tick=False):
        [follow_up] = planned(make_lead())
    assert follow_up.due_at == at(due)


def test_nothing_is_due_while_the_business_is_closed(rule, make_lead, planned):
    db.session.add(Closure(name="Christmas", starts_on=date(2026, 12, 23), ends_on=date(2027, 1, 3)))
    db.session.commit()
    rule("call", days=1)
    with time_machine.travel(at("2026-12-22 12:00"), tick=False):
        [follow_up] = planned(make_lead())
    assert follow_up.due_at == at("2027-01-04 09:00")


def test_an_acknowledgement_goes_at_any_hour(rule, make_lead, planned):
    rule("email", minutes=2, any_hour=True)
    with time_machine.travel(at("2026-12-25 23:59"), tick=False):
        [follow_up] = planned(make_lead())
    assert follow_up.due_at == at("2026-12-26 00:01")


def test_a_firm_that_works_weekends_is_reminded_on_weekends(rule, make_lead, planned):
    rule("call", days=1)
    current_workspace().weekend_follow_ups = True
    db.session.commit()
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        [follow_up] = planned(make_lead())
    assert follow_up.due_at == at("2026-11-21 12:00")


def test_the_next_act_is_the_earliest_and_costs_no_version(rule, make_lead, next_act, planned):
    rule("call", days=3, title="Later")
    rule("call", days=1, title="Sooner")
    lead = make_lead()
    title, due_at, count, version = next_act(lead)
    assert (title, count, version) == ("Sooner", 0, 1)
    assert due_at == planned(lead)[0].due_at


def test_messages_get_work_and_calls_do_not(rule, make_lead, planned):
    rule("email", days=1)
    rule("call", days=2)
    email, call = planned(make_lead())
    assert (email.kind, work_on(email)) == ("email", ["ready"])
    assert (call.kind, work_on(call)) == ("call", [])


@pytest.mark.parametrize(
    ("kind", "email", "phone", "planned_kind"),
    [
        ("email", "a@example.com", None, "email"), ("email", None, "07700 900123", "call"), ("email", None, None, None),
        ("sms", None, "07700 900123", "sms"), ("sms", "a@example.com", None, None),
        ("call", None, "01632 960123", "call"), ("call", "a@example.com", None, "task"), ("task", None, None, "task"),
    ],
)  # fmt: skip
def test_everyone_is_followed_up_in_a_way_that_reaches_them(rule, make_lead, planned, kind, email, phone, planned_kind):
    rule(kind, any_hour=False, days=1)
    kinds = [each.kind for each in planned(make_lead(email=email, phone=phone))]
    assert kinds == ([planned_kind] if planned_kind else [])


@pytest.mark.parametrize(("next_call", "due"), [(1, ["11:00"]), (3, ["11:00", "11:00"])])
def test_who_has_a_number_only_is_called_once_and_at_once(rule, make_lead, planned, next_call, due):
    """An acknowledgement that can't be sent and the call of the next day are one call; one days later is another."""
    rule("email", any_hour=True, title="Acknowledge")
    rule("call", days=next_call, title="First call")
    with time_machine.travel(at("2026-11-17 11:00"), tick=False):
        calls = planned(make_lead(email=None, phone="01749 960123"))
        assert [each.kind for each in planned(make_lead(email="a@example.com"))] == ["email", "call"]
    assert [each.title for each in calls] == (["First call"] if next_call == 1 else ["Acknowledge", "First call"])
    assert [f"{each.due_at:%H:%M}" for each in calls] == due


def test_messages_that_count_stop_at_the_limit_and_others_do_not(rule, make_lead, planned):
    current_workspace().max_follow_ups = 2
    for days in (4, 1, 3, 2):
        rule("email", days=days)
    rule("email", days=5, counts_as_attempt=False)
    rule("call", days=6)
    lead = make_lead()
    assert [each.kind for each in planned(lead)] == ["email", "email", "email", "call"]
    assert planned(lead)[1].due_at - utcnow() < timedelta(days=6)


def test_a_stage_without_rules_asks_for_attention_after_its_days(world, rule, make_lead, planned, stage_id):
    rule("call")
    lead = make_lead()
    stage_by_key("hot_lead").follow_up_days = 2
    rule("call", stage="hot_lead", is_active=False)
    move_to_stage(lead.id, stage_id("hot_lead"), world.alice.actor)
    db.session.commit()
    [task] = planned(lead, "planned")
    assert (task.kind, task.title) == ("task", "Follow up")


def test_leaving_a_stage_calls_off_its_plan_and_makes_the_next_one(world, rule, make_lead, planned, next_act, stage_id):
    rule("email", days=1)
    rule("call", days=2)
    rule("call", stage="contacted", days=5, title="Call again")
    lead = make_lead()
    email, call = planned(lead)
    by_hand = plan_task(lead, "Find the key", utcnow() + timedelta(days=9), "task", world.alice.actor)
    db.session.commit()
    move_to_stage(lead.id, stage_id("contacted"), world.alice.actor)
    db.session.commit()
    assert [(each.id, each.why) for each in planned(lead, "cancelled")] == [
        (email.id, "left_stage"), (call.id, "left_stage"),
    ]  # fmt: skip
    assert work_on(email) == ["cancelled"]
    assert {each.title for each in planned(lead, "planned")} == {"Call again", "Find the key"}
    assert by_hand.state == "planned"
    assert next_act(lead)[0] == "Call again"


def test_coming_back_plans_anew(world, rule, make_lead, planned, stage_id):
    rule("call", days=1)
    rule("call", stage="contacted", days=1)
    lead = make_lead()
    for key in ("contacted", "new"):
        move_to_stage(lead.id, stage_id(key), world.alice.actor)
        db.session.commit()
    assert len(planned(lead, "planned")) == 1
    assert len(planned(lead, "cancelled")) == 2


def test_moving_inside_a_stage_changes_no_plan(world, rule, make_lead, planned, stage_id):
    rule("call", days=1)
    lead = make_lead()
    move_to_stage(lead.id, stage_id("new"), world.alice.actor)
    db.session.commit()
    assert len(planned(lead)) == 1


def test_the_same_entry_can_not_be_planned_twice(rule, make_lead, planned):
    rule("call", days=1)
    [first] = planned(make_lead())
    double = FollowUp(
        lead_id=first.lead_id, enrolment_id=first.enrolment_id, step_key=first.step_key, kind="call", title="x",
        due_at=first.due_at,
    )  # fmt: skip
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(double)
        db.session.flush()


def test_planning_is_undone_with_its_cause(rule, world):
    rule("email", days=1)
    create_lead(LeadDraft(name="Ann Example", email="ann@example.com"), SYSTEM)
    db.session.rollback()
    assert list(db.session.scalars(select(FollowUp))) == []
    assert list(db.session.scalars(select(outbox.OutboxItem))) == []
