"""When to try again: the times that one key chooses lie in the hours of their day."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from app.core.clock import BusinessClock, utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.my_day.services import quick_times, time_of
from app.workspaces.queries import current_workspace

#: A Monday in winter.
MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY, time(hour, minute), UTC)


def chosen(now: datetime, hours: dict[int, tuple[time, time] | None]) -> dict[str, datetime]:
    clock = BusinessClock("Europe/London", time(9), time(17), False, weekday_hours=hours)
    return {each.key: each.at for each in quick_times(now, clock)}


def test_a_call_is_planned_when_that_day_has_begun(world, alice, waiting) -> None:
    current_workspace().weekday_hours = {str(day): ["13:00", "18:00"] for day in range(5)}
    lead = waiting("Ann")
    act = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")).one()
    sent = {"act": act.id, "outcome": "no_answer morning"}
    assert alice.post(f"/w/wells/my-day/{lead.id}/outcome", data=sent, hx=True).status_code == 200
    db.session.expire_all()
    again = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")).one()
    assert again.due_at > utcnow() and current_workspace().clock().is_open(again.due_at)


@pytest.mark.parametrize(("hour", "minute"), [(9, 0), (13, 30), (18, 0), (7, 0)])
def test_no_time_of_the_day_lies_outside_its_hours(hour: int, minute: int) -> None:
    hours = {0: (time(9), time(13)), 1: (time(12), time(18)), 3: (time(10), time(12)), 4: None}
    clock = BusinessClock("Europe/London", time(9), time(17), False, weekday_hours=hours)
    for key, moment in chosen(at(hour, minute), hours).items():
        assert key == "hour" or clock.is_open(moment), key
        assert time_of(key, "", at(hour, minute), clock) == moment


def test_a_day_that_ends_before_nine_begins_with_its_own_hours() -> None:
    assert chosen(at(10), {1: (time(5), time(8))})["morning"] == datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_usual_hours_offer_the_usual_times() -> None:
    assert chosen(at(10), {}) == {
        "hour": at(11), "afternoon": at(14), "morning": datetime(2026, 11, 24, 9, tzinfo=UTC),
        "days": datetime(2026, 11, 26, 9, tzinfo=UTC), "week": datetime(2026, 11, 30, 9, tzinfo=UTC),
    }  # fmt: skip


@pytest.mark.parametrize("was", ["0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("hx", [True, False])
def test_what_an_address_says_of_an_act_that_is_taken_back_is_no_moment_beyond_all_days(
    alice, waiting, was: str, hx: bool
) -> None:
    """It would be kept, and no list in which the lead stands could be read any more."""
    lead = waiting("Ann")
    act = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")).one()
    due_at, now = act.due_at, utcnow().isoformat()
    slip = {"act": str(act.id), "since": now, "upto": now, "was": was}
    assert alice.post(f"/w/wells/my-day/{lead.id}/undo", data=slip, hx=hx).status_code in (200, 303, 400)
    db.session.expire_all()
    assert db.session.get_one(FollowUp, (act.workspace_id, act.id)).due_at == due_at
    assert {alice.get(f"/w/wells/{page}").status_code for page in ("my-day", "leads?sort=due", "leads")} == {200}


@pytest.mark.parametrize("typed", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00"])
def test_a_moment_beyond_all_days_is_no_time_to_try_again(alice, waiting, typed: str) -> None:
    lead = waiting("Ann")
    call = {"outcome": "busy", "again": "other", "again_at": typed}
    assert alice.post(f"/w/wells/leads/{lead.id}/calls", data=call).status_code == 422
