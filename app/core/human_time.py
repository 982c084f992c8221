"""Times in words for a screen: "2 days late", "today 10:30", "yesterday 20:14", "Tuesday 8 December"."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

Tone = Literal["bad", "warn", "plain"]

# Written out, not taken from the locale of whatever machine this runs on.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
#: Beyond so many hours nobody asks for the minutes.
_FINE_HOURS = 10


def humanise_due(at: datetime, now: datetime, tz: tzinfo | str, *, by_hour: bool = False) -> tuple[str, Tone]:
    """Return how a due time reads beside a lead, and its tone.

    Late: ("20 min late", "bad"), ("3 hours late", "bad"), ("2 days late", "bad"); within the minute ("now",
    "warn"). Ahead: ("today 10:30", "warn"), ("tomorrow", "plain"), ("Wed", "plain") within the week, then
    ("Tue 8 Dec", "plain"), with the year if it is another; `by_hour` adds the time of day to each. `tz` is the
    workspace's zone. Raises ValueError for naive datetimes.
    """
    due, present = _local(at, tz), _local(now, tz)
    days = (due.date() - present.date()).days
    if at <= now:
        return _lateness(now - at, -days)
    if days == 0:
        return f"today {due:%H:%M}", "warn"
    day = "tomorrow" if days == 1 else _DAYS[due.weekday()][:3] if days < 7 else _short_date(due, present)
    return f"{day} {due:%H:%M}" if by_hour else day, "plain"


def humanise_past(at: datetime, now: datetime, tz: tzinfo | str) -> str:
    """Return how a past moment reads in a timeline: "just now", "5 min ago", "today 09:12", "yesterday
    20:14", "Mon 16 Nov 11:02", with the year if it is another. A moment ahead of `now` is written out, unless
    clocks merely differ by a minute. Raises ValueError for naive datetimes.
    """
    then, present = _local(at, tz), _local(now, tz)
    age = now - at
    days = (present.date() - then.date()).days
    if abs(age) < _MINUTE:
        return "just now"
    if timedelta() < age < _HOUR:
        return f"{age // _MINUTE} min ago"
    if days == 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return f"yesterday {then:%H:%M}"
    return f"{_short_date(then, present)} {then:%H:%M}"


def long_date(day: date) -> str:
    """Return "Tuesday 8 December"."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def short_date(day: date) -> str:
    """Return "Tue 8 Dec 2026"."""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def duration(seconds: int) -> str:
    """A length of time in its largest one or two units: 3 days 4 h, 2 h 10 min, 5 min."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    if days:
        return f"{days} {'day' if days == 1 else 'days'}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else "under a minute"


def working_time(minutes: int) -> str:
    """A length of opening hours: 25 min, 3 h 10 min, 27 h. Never in days, since those differ from firm to firm."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h" + (f" {rest} min" if rest and hours < _FINE_HOURS else "")


def waited(minutes: int, taken: timedelta) -> str:
    """How long somebody waited, in opening hours: "25 min"; "5 min of working hours" where it took longer by the clock,
    and "11 min, outside working hours" where none of it was opening hours.
    """
    if not minutes:
        within = max(0, taken // timedelta(seconds=1))
        return f"{duration(within)}, outside working hours" if taken >= _MINUTE else duration(within)
    is_longer = taken // _MINUTE > minutes + 1  # both ends are cut to minutes
    return f"{working_time(minutes)} of working hours" if is_longer else working_time(minutes)


def _lateness(late: timedelta, days: int) -> tuple[str, Tone]:
    if late < _MINUTE:
        return "now", "warn"
    if late < _HOUR:
        return f"{late // _MINUTE} min late", "bad"
    if days == 0:
        return f"{_count(late // _HOUR, 'hour')} late", "bad"
    return f"{_count(days, 'day')} late", "bad"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _short_date(day: datetime, present: datetime) -> str:
    year = "" if day.year == present.year else f" {day.year}"
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}{year}"


def _local(at: datetime, tz: tzinfo | str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(ZoneInfo(tz) if isinstance(tz, str) else tz)
