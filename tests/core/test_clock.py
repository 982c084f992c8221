from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import BusinessClock, utcnow

LONDON = ZoneInfo("Europe/London")
DESK = BusinessClock("Europe/London", time(9), time(17, 30), weekend=False)
START = datetime(2026, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
MOMENTS = st.datetimes(START, START + timedelta(days=729), timezones=st.just(UTC))


class Always:
    """Every day is one of closure."""

    def __contains__(self, day: object) -> bool:
        return True


def at(text: str) -> datetime:
    """A London wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_now_is_aware_and_in_utc():
    assert utcnow().tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T09:00", True),
        ("2026-11-20T08:59:59", False),
        ("2026-11-20T17:29:59", True),
        ("2026-11-20T17:30", False),
        ("2026-11-21T12:00", False),  # Saturday
        ("2026-12-25T12:00", False),
        ("2026-12-28T12:00", False),  # Monday, for Boxing Day on a Saturday
        ("2026-12-29T12:00", True),
        ("2026-05-04T12:00", False),  # early May bank holiday
        ("2026-07-01T09:00", True),  # in summer time
    ],
)
def test_opening_hours(moment, is_open):
    assert DESK.is_open(at(moment)) is is_open


def test_boxing_day_on_a_saturday_and_its_substitute_are_both_closed():
    every_day = BusinessClock("Europe/London", time(9), time(17), weekend=True)
    assert every_day.is_working_day(date(2026, 11, 21))
    assert not every_day.is_working_day(date(2026, 12, 26))
    assert not every_day.is_working_day(date(2026, 12, 28))
    unholy = BusinessClock("Europe/London", time(9), time(17), weekend=True, holidays_subdivision=None)
    assert unholy.is_working_day(date(2026, 12, 25))


def test_scotland_differs():
    scottish = BusinessClock("Europe/London", time(9), time(17), weekend=False, holidays_subdivision="SCT")
    assert not scottish.is_working_day(date(2026, 1, 2))
    assert DESK.is_working_day(date(2026, 1, 2))


def test_closed_between_the_years():
    closures = frozenset(date(2026, 12, 23) + timedelta(days=days) for days in range(12))
    clock = BusinessClock("Europe/London", time(9), time(17), False, closures)
    assert clock.next_open(at("2026-12-22T18:00")) == at("2027-01-04T09:00")


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20T10:15", "2026-11-20T10:15"),
        ("2026-11-20T07:00", "2026-11-20T09:00"),
        ("2026-11-20T17:30", "2026-11-23T09:00"),
        ("2026-04-02T18:00", "2026-04-07T09:00"),  # over Easter
        ("2026-03-27T18:00", "2026-03-30T09:00"),  # over the change to summer time
        ("2026-10-23T18:00", "2026-10-26T09:00"),  # and back
    ],
)
def test_the_next_opening(moment, opening):
    found = DESK.next_open(at(moment))
    assert found == at(opening) and found.tzinfo is UTC


def test_an_opening_in_the_skipped_hour_of_march():
    early = BusinessClock("Europe/London", time(1, 30), time(5), weekend=True)
    assert early.next_open(at("2026-03-29T00:30")) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert early.business_minutes(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 150


def test_the_double_hour_of_october_counts_in_full():
    early = BusinessClock("Europe/London", time(1), time(3), weekend=True)
    assert early.business_minutes(at("2026-10-25T00:00"), at("2026-10-25T12:00")) == 180


@pytest.mark.parametrize(
    ("moment", "days", "due"),
    [
        ("2026-11-19T10:15", 1, "2026-11-20T10:15"),
        ("2026-11-20T10:15", 1, "2026-11-23T10:15"),
        ("2026-11-21T14:00", 1, "2026-11-24T09:00"),
        ("2026-11-20T20:00", 1, "2026-11-24T09:00"),
        ("2026-03-27T10:15", 1, "2026-03-30T10:15"),
        ("2026-12-24T10:15", 1, "2026-12-29T10:15"),
        ("2026-11-20T20:00", 0, "2026-11-23T09:00"),
    ],
)
def test_working_days(moment, days, due):
    assert DESK.add_working_days(at(moment), days) == at(due)


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2026-11-19", "2026-11-20"),
        ("2026-11-20", "2026-11-23"),
        ("2026-11-21", "2026-11-23"),  # Saturday
        ("2026-11-22", "2026-11-23"),  # Sunday
        ("2026-12-06", "2026-12-07"),
        ("2026-04-02", "2026-04-07"),  # before Good Friday
        ("2026-04-06", "2026-04-07"),  # Easter Monday
        ("2026-12-24", "2026-12-29"),
        ("2026-12-26", "2026-12-29"),
    ],
)
def test_the_working_day_after(day, after):
    assert DESK.working_day_after(date.fromisoformat(day)) == date.fromisoformat(after)


def test_the_working_day_after_a_day_of_closure():
    closures = frozenset(date(2026, 12, 23) + timedelta(days=days) for days in range(12))
    clock = BusinessClock("Europe/London", time(9), time(17), False, closures)
    assert {clock.working_day_after(day) for day in closures} == {date(2027, 1, 4)}


@pytest.mark.parametrize(
    ("start", "days", "minutes", "due"),
    [
        ("2026-11-16T10:00", 3, 0, "2026-11-19T10:00"),
        ("2026-11-18T10:00", 3, 0, "2026-11-23T09:00"),  # a Saturday
        ("2026-03-26T10:00", 7, 0, "2026-04-02T10:00"),  # the same wall time over the change
        ("2026-10-22T10:00", 7, 0, "2026-10-29T10:00"),
        ("2026-11-20T17:00", 0, 45, "2026-11-23T09:00"),
        ("2026-11-20T16:00", 0, 45, "2026-11-20T16:45"),
        ("2026-11-20T10:00", 0, 0, "2026-11-20T10:00"),
    ],
)
def test_due_times(start, days, minutes, due):
    assert DESK.due_at(at(start), days, minutes) == at(due)


def test_opening_time_between_moments():
    day = 8 * 60 + 30
    assert DESK.business_minutes(at("2026-11-19T09:00"), at("2026-11-19T09:25")) == 25
    assert DESK.business_minutes(at("2026-11-20T17:00"), at("2026-11-23T09:10")) == 40
    assert DESK.business_minutes(at("2026-11-16T00:00"), at("2026-11-23T00:00")) == 5 * day
    assert DESK.business_minutes(at("2026-03-23T00:00"), at("2026-04-02T00:00")) == 8 * day
    assert DESK.business_minutes(at("2026-11-20T10:00"), at("2026-11-20T09:00")) == 0


@given(MOMENTS)
def test_the_next_opening_is_open_and_never_earlier(moment):
    opening = DESK.next_open(moment)
    assert opening >= moment and DESK.is_open(opening)
    assert DESK.next_open(opening) == opening
    assert (opening == moment) == DESK.is_open(moment)
    assert DESK.business_minutes(moment, opening) == 0


@given(MOMENTS, st.integers(0, 30), st.integers(0, 2000))
def test_due_times_are_open_and_not_early(moment, days, minutes):
    due = DESK.due_at(moment, days, minutes)
    assert DESK.is_open(due)
    assert due >= moment + timedelta(days=days, minutes=minutes) - timedelta(hours=1)


@given(MOMENTS, st.integers(0, 15))
def test_more_working_days_are_never_sooner(moment, days):
    one, next_one = DESK.add_working_days(moment, days), DESK.add_working_days(moment, days + 1)
    assert one < next_one and DESK.is_open(one) and DESK.is_open(next_one)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_opening_time_adds_up(one, two, three):
    first, middle, last = sorted((one, two, three))
    whole = DESK.business_minutes(first, last)
    assert 0 <= whole - DESK.business_minutes(first, middle) - DESK.business_minutes(middle, last) <= 1


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError):
        BusinessClock("Europe/London", time(17), time(9), False)
    with pytest.raises(ZoneInfoNotFoundError):
        BusinessClock("Europe/Nowhere", time(9), time(17), False)
    with pytest.raises(ValueError):
        DESK.is_open(datetime(2026, 11, 20, 10))  # noqa: DTZ001
    with pytest.raises(ValueError):
        DESK.add_working_days(at("2026-11-20T10:00"), -1)
    with pytest.raises(ValueError):
        BusinessClock("Europe/London", time(9), time(17), True, Always()).working_day_after(date(2026, 11, 20))
    years = frozenset(date(2026, 1, 1) + timedelta(days=days) for days in range(1500))
    with pytest.raises(ValueError):
        BusinessClock("Europe/London", time(9), time(17), True, years).next_open(at("2026-11-20T10:00"))


def test_hours_and_days_are_counted_for_ten_years_at_most():
    """Two thousand hours of a business that opens for a minute a week take 2,300 years to pass, and long to count."""
    rarely = BusinessClock("Europe/London", time(9), time(9, 1), False, weekday_hours=dict.fromkeys(range(1, 5)))
    start, began = datetime(2026, 12, 1, 9, tzinfo=UTC), monotonic()
    for found in (rarely.add_business_hours(start, 2_000), rarely.add_working_days(start, 5_000)):
        assert start + timedelta(days=3650) < found < start + timedelta(days=3670)
    assert monotonic() - began < 1
