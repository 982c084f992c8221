"""What waits for a person, in which order, and what is left out."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp, Sequence, SequenceVersion
from app.followups.queries.steps import Step, to_raw
from app.followups.services import enrol, plan_task
from app.followups.services.next_act import refresh_next_act
from app.leads.services import archive, get_lead
from app.my_day.queries.ordering import is_fresh, points
from app.my_day.queries.queue import day_queue

DAY = timedelta(days=1)


def names(queue_part):
    return [each.name for each in queue_part]


def test_worth_and_lateness_make_the_order(waiting):
    waiting("Small late", late=2 * DAY, price_minor=1000, frequency="8_weekly")
    waiting("Big fresh", late=timedelta(minutes=5), price_minor=9000, frequency="4_weekly")
    waiting("Big late", late=3 * DAY, price_minor=9000, frequency="4_weekly")
    waiting("Unpriced", late=timedelta(hours=3))

    assert names(day_queue().due) == ["Big late", "Big fresh", "Small late", "Unpriced"]


def test_a_promised_call_comes_first_at_its_time(waiting):
    waiting("Big late", late=9 * DAY, price_minor=90000, frequency="4_weekly")
    waiting("Promised", late=timedelta(minutes=1), promised=True, price_minor=1000, frequency="one_off")
    waiting("Promised soon", late=timedelta(minutes=-30), promised=True)
    queue = day_queue()

    assert names(queue.due) == ["Promised", "Big late"]
    assert names(queue.later) == ["Promised soon"]
    assert queue.next_due_at is not None


def test_an_urgent_lead_overtakes(waiting):
    waiting("Usual", price_minor=2000)
    lead = waiting("Urgent", price_minor=1500)
    get_lead(lead.id).priority = "urgent"
    db.session.commit()

    assert names(day_queue().due) == ["Urgent", "Usual"]


@pytest.mark.parametrize(
    ("late", "promised", "fresh"),
    [(timedelta(), True, True), (timedelta(hours=2), True, True), (timedelta(hours=3), True, False),
     (timedelta(minutes=1), False, False), (timedelta(minutes=-1), True, False)],
)  # fmt: skip
def test_when_a_promise_is_fresh(late, promised, fresh):
    assert is_fresh(late, promised=promised) is fresh


def test_points():
    assert points(15600, "normal", timedelta(), promised=False) == 156
    assert points(15600, "normal", DAY, promised=False) == 312
    assert points(15600, "normal", 40 * DAY, promised=False) == 156 * 15
    assert points(15600, "high", timedelta(), promised=True) == 156 * 4
    assert points(0, "low", timedelta(), promised=False) == 50


def test_whose_leads_are_shown(world, waiting):
    waiting("Mine")
    waiting("Nobody's", owner_id=None)
    waiting("Bob's", owner_id=world.bob.user_id)

    assert sorted(names(day_queue().due)) == ["Mine", "Nobody's"]
    with world.bob.acting():
        assert sorted(names(day_queue().due)) == ["Bob's", "Nobody's"]
    with world.mallory.acting():
        assert day_queue().due == []


def test_messages_and_shelved_leads_do_not_wait(world, waiting):
    waiting("Email", kind="email")
    gone = waiting("Archived")
    archive(gone.id, world.alice.actor)
    db.session.commit()
    kept = waiting("Kept")

    assert names(day_queue().due) == ["Kept"]
    assert day_queue().due[0].lead_id == kept.id


def test_a_call_behind_a_message_that_is_stuck_is_found(world, waiting):
    lead = waiting("Stuck", kind="email", late=5 * DAY)
    plan_task(get_lead(lead.id), "Call", utcnow() - DAY, "call", world.alice.actor)
    db.session.commit()

    assert [(each.name, each.kind) for each in day_queue().due] == [("Stuck", "call")]


def test_the_queue_takes_one_statement(waiting, count_sql):
    for number in range(5):
        waiting(f"Lead {number}")
    with count_sql() as statements:
        day_queue()

    assert len(statements) == 1, "\n".join(statements)


def test_a_future_year_is_no_trouble(waiting):
    waiting("Later", late=-400 * DAY)

    assert day_queue().due == []
    assert names(day_queue().later) == ["Later"]


def test_a_call_of_a_sequence_is_no_promise_whoever_began_it(world, make_lead, waiting):
    worth = waiting("Worth a lot", price_minor=20_000)
    made = Sequence(key="own", name="Own", starts="hand", steps=to_raw((Step("one", "call", "Cold call"),)))
    db.session.add(made)
    db.session.flush()
    db.session.add(SequenceVersion(sequence_id=made.id, version_no=1, steps=made.steps))
    db.session.commit()
    cold = make_lead(name="Cold", price_minor=500)
    db.session.execute(update(FollowUp).where(FollowUp.lead_id == cold.id).values(state="cancelled"))
    enrol(cold, made, world.alice.actor)
    its_call = (FollowUp.lead_id == cold.id, FollowUp.state == "planned")
    db.session.execute(update(FollowUp).where(*its_call).values(due_at=utcnow()))
    refresh_next_act(cold.id)
    db.session.commit()
    assert [each.lead_id for each in day_queue().due][:2] == [worth.id, cold.id]


def test_what_comes_next_is_seen_past_the_messages_ahead_of_it(waiting, world):
    """Twenty chases write before the call, and each has a call of its own in some days."""
    for number in range(21):
        lead = waiting(f"Chased {number}", late=-DAY, kind="email")
        plan_task(get_lead(lead.id), "Call", utcnow() + 4 * DAY, "call", world.alice.actor)
    waiting("Soon", late=-DAY - timedelta(hours=1))

    assert names(day_queue().later)[0] == "Soon"
