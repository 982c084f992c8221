"""Whom a person visits today and tomorrow stands on their day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.extensions import db
from app.my_day.queries.visits import day_visits

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock(world: Any) -> Any:
    """Monday, 23 November 2026, at ten."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(world: Any, make_lead: Any) -> Any:
    """`visit("Ann", hours=3)`: Alice visits a lead of her own so many hours from ten; for two hours."""

    def make(name: str, hours: float = 3, who: Any = "alice", lead: Any = None, **given: Any) -> Any:
        owner = {"owner_id": world.alice.user_id}
        lead = lead or make_lead(name=name, address_line1="4 Mill Lane", town="Wells", **owner)
        starts = MONDAY + timedelta(hours=hours)
        values = {"ends_at": starts + timedelta(hours=2), **given}
        user_id = getattr(world, who).user_id if who else None
        made = Appointment(lead_id=lead.id, user_id=user_id, starts_at=starts, **values)
        db.session.add(made)
        db.session.commit()
        return made

    return make


def visits_on(page: str) -> str:
    """The part of My day that lists visits; "" without one."""
    return page.split('aria-label="Visits"')[1].split("</section>")[0] if 'aria-label="Visits"' in page else ""


def names(part: str) -> list[str]:
    """Who is visited, in order."""
    return re.findall(r'hx-swap="innerHTML">([^<]*)</a>', part)


def test_today_and_tomorrow_by_their_hours(clock: Any, visit: Any, alice: Any) -> None:
    visit("Tom Orrow", 22), visit("Late Lamb", 6), visit("Ann Ash", 3)
    visit("Past Pike", -3), visit("Next Week", 49), visit("Last Week", -100)
    part = visits_on(alice.get("/w/wells/my-day").text)
    today, tomorrow = part.split("Visits tomorrow")
    assert names(today) == ["Past Pike", "Ann Ash", "Late Lamb"] and names(tomorrow) == ["Tom Orrow"]
    assert "13:00 to 15:00" in today and "4 Mill Lane, Wells" in today
    assert today.count("day-row quiet") == 1 and tomorrow.count("day-row quiet") == 1


@pytest.mark.parametrize("gone", ["called off", "settled", "put away"])
def test_what_does_not_come_is_left_out(clock: Any, visit: Any, alice: Any, gone: str) -> None:
    made = visit("Ann Ash", **{"called off": {"status": "cancelled"}, "settled": {"outcome": "showed"}}.get(gone, {}))
    if gone == "put away":
        assert alice.post(f"/w/wells/leads/{made.lead_id}/archive").status_code == 303
    assert visits_on(alice.get("/w/wells/my-day").text) == ""


def test_they_are_those_of_who_comes(clock: Any, world: Any, visit: Any, make_lead: Any, alice: Any, bob: Any) -> None:
    visit("Alice goes"), visit("Nobody set", who=None)
    visit("Bob goes", who="bob", lead=make_lead(name="Bob goes", owner_id=world.bob.user_id))
    visit("Bob's, nobody set", who=None, lead=make_lead(name="Bob’s", owner_id=world.bob.user_id))
    visit("Free", who=None, lead=make_lead(name="Free"))
    assert sorted(names(visits_on(alice.get("/w/wells/my-day").text))) == ["Alice goes", "Free", "Nobody set"]
    assert sorted(names(visits_on(bob.get("/w/wells/my-day").text))) == ["Bob goes", "Bob’s", "Free"]


def test_a_day_begins_where_the_business_is(clock: Any, visit: Any) -> None:
    """In summer midnight in Wells is an hour before that in UTC."""
    night = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight of the 2nd
    visit("After midnight", (night - MONDAY) / timedelta(hours=1), ends_at=night)
    clock.move_to(night - timedelta(hours=1))
    found = day_visits(utcnow())
    assert not found.today
    assert [(each.name, each.hours) for each in found.tomorrow] == [("After midnight", "from 00:30")]
    clock.move_to(night - timedelta(minutes=20))
    assert [each.name for each in day_visits(utcnow()).today] == ["After midnight"]


def test_they_cost_one_statement(clock: Any, visit: Any, alice: Any, count_sql: Any) -> None:
    alice.get("/w/wells/my-day")
    with count_sql() as without:
        alice.get("/w/wells/my-day")
    for number in range(5):
        visit(f"Lead {number}", number + 1)
    with count_sql() as statements:
        assert len(names(visits_on(alice.get("/w/wells/my-day").text))) == 5
    asked = [each for each in statements if "FROM appointments" in each]
    assert len(asked) == 1 and len([each for each in without if "FROM appointments" in each]) == 1
