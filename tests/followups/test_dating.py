"""Exact instants: delays over changes of the clock, bank holidays and closures; windows, quiet hours, distances."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.followups.queries.steps import Condition, Delay, Step, every, steps_of, to_raw, way
from app.followups.services.dating import dates_of
from app.rounds.models import Closure
from app.workspaces.queries import current_workspace

LONDON = ZoneInfo("Europe/London")


def at(words: str) -> datetime:
    """A moment in Wells as UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON).astimezone(UTC)


def dated(*steps: Step, start: str) -> list[str]:
    """When the steps happen, as Wells reads its clocks."""
    found = dates_of(steps, at(start), current_workspace())
    return [f"{each.at.astimezone(LONDON):%Y-%m-%d %H:%M}" for each in found]


def step(kind: str, amount: int = 0, unit: str = "days", **given: Any) -> Step:
    return Step(given.pop("key", f"{kind}_{amount}_{unit}"), kind, "x", Delay(amount, unit), **given)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-17 10:30", ["2026-11-20 10:30", "2026-11-24 10:30", "2026-12-01 10:30", "2026-12-08 10:30"]),
        ("2026-03-26 09:15", ["2026-03-30 09:00", "2026-04-02 09:15", "2026-04-09 09:15", "2026-04-16 09:15"]),
        ("2026-10-22 16:45", ["2026-10-26 09:00", "2026-10-29 16:45", "2026-11-05 16:45", "2026-11-12 16:45"]),
        ("2026-12-10 14:00", ["2026-12-14 09:00", "2026-12-17 14:00", "2027-01-04 09:00", "2027-01-04 09:00"]),
    ],
    ids=["plain", "clocks go forward", "clocks go back", "Christmas closure"],
)
def test_the_chase_lands_where_it_always_did(world: Any, start: str, expected: list[str]) -> None:
    db.session.add(Closure(name="Christmas", starts_on=date(2026, 12, 23), ends_on=date(2027, 1, 3)))
    db.session.commit()
    chase = [step("email", 3), step("call", 4), step("email", 7, key="last"), step("task", 7)]
    assert dated(*chase, start=start) == expected


@pytest.mark.parametrize(
    ("amount", "unit", "start", "expected"),
    [
        (90, "minutes", "2026-11-17 16:00", "2026-11-18 09:00"),
        (26, "hours", "2026-10-24 09:30", "2026-10-26 09:00"),  # a Saturday; 26 real hours are Sunday 10:30
        (5, "business_hours", "2026-11-17 15:00", "2026-11-18 12:00"),
        (9, "business_hours", "2026-11-20 16:30", "2026-11-24 09:30"),
        (1, "business_hours", "2026-03-27 16:30", "2026-03-30 09:30"),  # over the change of the clock
        (1, "business_days", "2026-11-21 11:00", "2026-11-24 09:00"),  # an enquiry of Saturday
        (2, "business_days", "2026-12-24 12:00", "2026-12-30 12:00"),  # Christmas, Boxing Day and its substitute
        (3, "until_month", "2026-11-17 10:30", "2027-03-01 10:30"),
        (11, "until_month", "2026-11-01 10:30", "2027-11-01 10:30"),
        (0, "days", "2026-08-31 10:00", "2026-09-01 09:00"),  # the summer bank holiday
    ],
)
def test_delays_are_counted_in_their_unit(world: Any, amount: int, unit: str, start: str, expected: str) -> None:
    assert dated(step("call", amount, unit), start=start) == [expected]


def test_single_weekdays_have_hours_of_their_own(world: Any) -> None:
    workspace = current_workspace()
    workspace.weekday_hours = {"2": None, "5": ["10:00", "12:00"]}
    calls = [step("call", days, key=str(days)) for days in (0, 1)]
    assert dated(*calls, start="2026-11-17 16:00") == ["2026-11-17 16:00", "2026-11-19 09:00"]  # no Wednesday
    assert dated(*calls, start="2026-11-20 15:00") == ["2026-11-20 15:00", "2026-11-23 09:00"]  # Saturday until noon
    assert dated(*calls, start="2026-11-20 11:00") == ["2026-11-20 11:00", "2026-11-21 11:00"]
    assert workspace.clock().business_minutes(at("2026-11-18 00:00"), at("2026-11-22 00:00")) == (8 + 8 + 2) * 60


def test_windows_and_quiet_hours_narrow_the_hours(world: Any) -> None:
    workspace = current_workspace()
    workspace.opens, workspace.closes = time(7), time(20)
    workspace.sms_opens, workspace.sms_closes = time(9), time(19)
    early = "2026-11-17 07:30"
    assert dated(step("email"), start=early) == [early]
    assert dated(step("sms"), start=early) == ["2026-11-17 09:00"]
    assert dated(step("sms"), start="2026-11-20 19:00") == ["2026-11-23 09:00"]
    assert dated(step("sms", any_hour=True), start="2026-11-20 19:00") == ["2026-11-21 09:00"]
    assert dated(step("call", window=("12:00", "13:30")), start=early) == ["2026-11-17 12:00"]
    assert dated(step("call", window=("12:00", "13:30")), start="2026-11-17 13:30") == ["2026-11-18 12:00"]
    assert dated(step("sms", window=("07:00", "09:30")), start=early) == ["2026-11-17 09:00"]
    assert dated(step("call", window=("21:00", "22:00")), start=early) == [early]  # never within the hours


def test_messages_keep_their_distance_and_acknowledgements_need_none(world: Any) -> None:
    ack = step("email", any_hour=True, counts=False)
    mails = [step("email", hours, "hours", key=str(hours)) for hours in (1, 2)]
    assert dated(ack, *mails, start="2026-11-17 10:00") == [
        "2026-11-17 10:00", "2026-11-17 11:00", "2026-11-18 11:00",
    ]  # fmt: skip


def test_the_reason_is_said(world: Any) -> None:
    [found] = dates_of((step("call", 1),), at("2026-12-24 12:00"), current_workspace())
    assert found.why == "Christmas Day, Boxing Day, closed on Sun"
    [plain] = dates_of((step("call", 1),), at("2026-11-17 12:00"), current_workspace())
    assert plain.why == ""
    [late] = dates_of((step("call"),), at("2026-11-17 18:00"), current_workspace())
    assert late.why == "outside the hours"


@pytest.mark.parametrize(
    ("given", "start", "why"),
    [
        ({"kind": "call", "window": ("14:00", "16:00")}, "2026-11-17 10:00", "only between 14:00 and 16:00"),
        ({"kind": "sms"}, "2026-11-17 07:30", "outside the hours"),
        ({"kind": "email", "any_hour": True, "window": ("20:00", "21:00")}, "2026-11-20 10:00",
         "only between 20:00 and 21:00"),
    ],
)  # fmt: skip
def test_a_step_with_nothing_ahead_of_it_is_not_kept_apart(world: Any, given: Any, start: str, why: str) -> None:
    workspace = current_workspace()
    workspace.opens, workspace.sms_opens = time(7), time(9)
    [found] = dates_of((step(**given),), at(start), workspace)
    assert (found.at > at(start), found.why) == (True, why)


def test_what_is_kept_apart_over_days_that_it_need_not_mind_says_so(world: Any) -> None:
    current_workspace().message_gap_hours = 48
    mails = [step("email", days, key=str(days), any_hour=True, counts=True) for days in (0, 1)]
    _, second = dates_of(tuple(mails), at("2026-11-20 10:00"), current_workspace())
    assert (second.at, second.why) == (at("2026-11-22 10:00"), "kept apart from the one before")


def test_both_arms_of_a_branch_have_dates(world: Any) -> None:
    branch = step(
        "branch", 2, condition=Condition("replied"), yes=(step("task", 1, key="yes"),), no=(step("call", 3, key="no"),)
    )
    steps = (step("email"), branch, step("call", 1, key="after"))
    found = {each.step.key: each.at for each in dates_of(steps, at("2026-11-16 10:00"), current_workspace())}
    assert found["yes"] == at("2026-11-19 10:00") and found["no"] == at("2026-11-23 09:00")
    assert found["after"] == at("2026-11-23 09:00")  # silent so far, so it follows the call
    answered = dates_of(steps, at("2026-11-16 10:00"), current_workspace(), answers={branch.key: True})
    assert {each.step.key: each.at for each in answered}["after"] == at("2026-11-20 10:00")


KINDS = st.sampled_from(["email", "sms", "call", "task", "wait"])
DELAYS = st.builds(
    Delay, st.integers(0, 12), st.sampled_from(["minutes", "hours", "days", "business_hours", "business_days"])
)
STEPS = st.lists(st.tuples(KINDS, DELAYS, st.booleans()), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001 - hypothesis adds the zone
def test_no_step_comes_before_the_one_ahead_or_in_the_night(world: Any, raw: Any, start: datetime) -> None:
    steps = tuple(
        Step(str(number), kind, "x", delay, any_hour=any_hour)
        for number, (kind, delay, any_hour) in enumerate(raw)
    )  # fmt: skip
    workspace = current_workspace()
    found = dates_of(steps, start.replace(tzinfo=UTC), workspace)
    clock = workspace.clock()
    assert [each.step.key for each in found] == [each.key for each in steps]
    assert [each.at for each in found] == sorted(each.at for each in found)
    for each in found:
        assert each.at >= start.replace(tzinfo=UTC)
        assert each.step.kind == "wait" or each.step.any_hour or clock.is_open(each.at)
        assert each.step.kind != "sms" or clock.may_text(each.at)


def test_steps_are_read_as_they_were_written() -> None:
    steps = (
        step("email", 3, template_key="a", window=("09:30", "12:00"), any_hour=True, counts=False),
        step("stage", stage_key="contacted"),
        step(
            "branch", 2, "business_days", condition=Condition("field", "source", "is", "google"),
            yes=(step("call", key="a"),), no=(step("branch", condition=Condition("opened"), key="inner"),),
        ),
        step("task", key="end"),
    )  # fmt: skip
    assert steps_of(to_raw(steps)) == steps
    assert [each.key for each in every(steps)][-3:] == ["a", "inner", "end"]
    branch = steps[2].key
    assert [each.key for each in way(steps)] == [steps[0].key, steps[1].key, branch]
    assert [each.key for each in way(steps, {branch: True})][-2:] == ["a", "end"]
    assert [each.key for each in way(steps, {branch: False})][-1] == "inner"
    assert [each.key for each in way(steps, {branch: False, "inner": True})][-2:] == ["inner", "end"]
