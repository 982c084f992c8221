"""Speed to lead: how long a customer waited for the first of us to get in touch, in opening hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.activities.services import log_call
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.services import plan_task
from app.leads.services import get_lead
from app.messaging.services import compose, mark_sent
from app.my_day.services.outcomes import Outcome, settle
from app.workspaces.queries import current_workspace

FRIDAY_EVENING = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 9, 59, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 9, 45, tzinfo=UTC)


def asked_at(make_lead: Any, at: datetime) -> Any:
    lead = make_lead()
    lead.created_at = at
    db.session.commit()
    return lead


def sent(lead: Any, at: datetime, *, created_by: Any = None) -> None:
    message = compose(
        lead, "email", recipient="x@example.com", subject="Hello", body="Hello", actor=SYSTEM, created_by=created_by
    )
    mark_sent(message, at=at)
    db.session.commit()


def test_opening_hours_alone_are_counted(world: Any, make_lead: Any) -> None:
    lead = asked_at(make_lead, FRIDAY_EVENING)
    sent(lead, MONDAY_MORNING, created_by=world.alice.user_id)
    assert get_lead(lead.id).first_contact_minutes == 30 + 45


def test_what_sill_sends_by_itself_is_no_answer(world: Any, make_lead: Any) -> None:
    lead = asked_at(make_lead, FRIDAY_EVENING)
    sent(lead, FRIDAY_EVENING + timedelta(minutes=1))
    assert (get_lead(lead.id).first_contact_at, get_lead(lead.id).last_contact_method) == (None, "email")
    sent(lead, MONDAY_MORNING, created_by=world.alice.user_id)
    sent(lead, MONDAY_MORNING + timedelta(hours=1), created_by=world.alice.user_id)
    assert get_lead(lead.id).first_contact_minutes == 75


def test_the_drawer_says_how_soon(alice: Any, world: Any, make_lead: Any) -> None:
    opens = current_workspace().clock().next_open(utcnow() - timedelta(days=7))
    lead = asked_at(make_lead, opens)
    said = alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "not answered for" in said and "of working hours" in said
    log_call(lead, "no_answer", world.alice.actor)
    db.session.commit()
    assert get_lead(lead.id).first_contact_minutes is None
    assert "called, not reached for" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    sent(lead, opens + timedelta(minutes=25), created_by=world.alice.user_id)
    assert "answered in 25 min" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text


def test_an_answer_on_a_day_of_rest_took_its_time_too(alice: Any, world: Any, make_lead: Any) -> None:
    lead = asked_at(make_lead, SUNDAY)
    sent(lead, SUNDAY + timedelta(minutes=11), created_by=world.alice.user_id)
    assert get_lead(lead.id).first_contact_minutes == 0
    assert "answered in 11 min, outside working hours" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "after 11 min, outside working hours" in alice.get(f"/w/wells/leads/{lead.id}/more", hx=True).text
    alice.post("/w/wells/leads/columns", data={"column": "answered", "query": ""})
    row = alice.get("/w/wells/leads").text.split(f"/leads/{lead.id}")[1].split("<tr")[0]
    assert '<td class="num">11 min' in row


@pytest.mark.parametrize("kind", ["task", "call"])
def test_what_is_ticked_off_is_no_answer(world: Any, make_lead: Any, kind: str) -> None:
    lead = make_lead()
    act = plan_task(lead, "Look at the gutters", utcnow(), kind, world.alice.actor)
    settle(lead.id, Outcome("done", act.id), world.alice.actor)
    assert (get_lead(lead.id).first_contact_at, get_lead(lead.id).last_contact_at) == (None, None)


def test_the_list_shows_and_narrows_by_it(alice: Any, world: Any, make_lead: Any) -> None:
    quick, slow = asked_at(make_lead, FRIDAY_EVENING), asked_at(make_lead, FRIDAY_EVENING)
    sent(quick, FRIDAY_EVENING + timedelta(minutes=12), created_by=world.alice.user_id)
    sent(slow, MONDAY_MORNING, created_by=world.alice.user_id)
    shown = alice.get("/w/wells/leads?columns=answered&answered=..60").text
    assert quick.number in shown and slow.number not in shown
    assert slow.number in alice.get("/w/wells/leads?answered=61..").text


def test_the_days_of_contact_are_those_of_the_business(alice: Any, world: Any, make_lead: Any) -> None:
    lead = asked_at(make_lead, datetime(2026, 6, 30, 9, tzinfo=UTC))
    half_past_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    sent(lead, half_past_midnight, created_by=world.alice.user_id)
    said = alice.get(f"/w/wells/leads/{lead.id}/page").text
    assert said.count('<dd class="record">Wed 1 Jul 2026') == 2
