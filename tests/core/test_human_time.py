from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core.clock import humanise_due, humanise_past, long_date
from app.core.human_time import waited

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=LONDON)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "words", "tone"),
    [
        ("2026-11-18T09:00", "2 days late", "bad"),
        ("2026-11-19T23:00", "1 day late", "bad"),
        ("2026-11-20T11:40", "20 min late", "bad"),
        ("2026-11-20T11:00", "1 hour late", "bad"),
        ("2026-11-20T08:30", "3 hours late", "bad"),
        ("2026-11-20T11:59:30", "now", "warn"),
        ("2026-11-20T12:00", "now", "warn"),
        ("2026-11-20T14:30", "today 14:30", "warn"),
        ("2026-11-21T00:00", "tomorrow", "plain"),
        ("2026-11-25T10:00", "Wed", "plain"),
        ("2026-11-26T10:00", "Thu", "plain"),
        ("2026-11-27T10:00", "Fri 27 Nov", "plain"),
        ("2026-12-08T10:30", "Tue 8 Dec", "plain"),
        ("2027-01-06T10:30", "Wed 6 Jan 2027", "plain"),
    ],
)
def test_due_times_in_words(moment, words, tone):
    assert humanise_due(at(moment), NOW, LONDON) == (words, tone)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-20T11:40", "20 min late"), ("2026-11-20T14:30", "today 14:30"),
        ("2026-11-21T08:30", "tomorrow 08:30"),
        ("2026-11-25T10:00", "Wed 10:00"), ("2027-01-06T10:30", "Wed 6 Jan 2027 10:30"),
    ],
)  # fmt: skip
def test_due_times_to_the_hour(moment, words):
    assert humanise_due(at(moment), NOW, LONDON, by_hour=True)[0] == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-20T12:00:20", "just now"),
        ("2026-11-20T11:59:30", "just now"),
        ("2026-11-20T11:55", "5 min ago"),
        ("2026-11-20T09:12", "today 09:12"),
        ("2026-11-19T20:14", "yesterday 20:14"),
        ("2026-11-16T11:02", "Mon 16 Nov 11:02"),
        ("2025-11-16T11:02", "Sun 16 Nov 2025 11:02"),
        ("2026-11-20T13:00", "today 13:00"),
        ("2026-11-23T13:00", "Mon 23 Nov 13:00"),
    ],
)
def test_past_times_in_words(moment, words):
    assert humanise_past(at(moment), NOW, "Europe/London") == words


def test_days_are_those_of_the_workspace_not_of_utc():
    late_evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on the 2nd in London
    now = datetime(2026, 7, 2, 12, tzinfo=UTC)
    assert humanise_past(late_evening, now, LONDON) == "today 00:30"
    assert humanise_past(late_evening, now, "UTC") == "yesterday 23:30"
    assert humanise_due(late_evening, late_evening - timedelta(hours=2), LONDON) == ("tomorrow", "plain")


@pytest.mark.parametrize(
    ("minutes", "taken", "words"),
    [
        (25, timedelta(minutes=25, seconds=40), "25 min"),
        (5, timedelta(days=1), "5 min of working hours"),
        (0, timedelta(minutes=11), "11 min, outside working hours"),
        (0, timedelta(hours=26), "1 day 2 h, outside working hours"),
        (0, timedelta(seconds=20), "under a minute"),
        (0, timedelta(seconds=-20), "under a minute"),
    ],
)
def test_a_wait_in_opening_hours(minutes, taken, words):
    assert waited(minutes, taken) == words


def test_a_long_date():
    assert long_date(date(2026, 12, 8)) == "Tuesday 8 December"


def test_moments_need_a_zone():
    with pytest.raises(ValueError):
        humanise_due(datetime(2026, 11, 20), NOW, LONDON)  # noqa: DTZ001
    with pytest.raises(ValueError):
        humanise_past(NOW, datetime(2026, 11, 20), LONDON)  # noqa: DTZ001
