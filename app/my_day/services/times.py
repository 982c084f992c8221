"""When to try again: a few times to choose from with one key, in the business's own hours, or any other."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import BusinessClock
from app.core.errors import Invalid
from app.core.human_time import humanise_due

_NINE, _TWO, _LATE = time(9), time(14), time(16, 30)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: Nobody is rung before or after these hours because somebody pressed "in 1 hour".
_EARLIEST, _LATEST = time(8), time(20)
_FURTHEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class QuickTime:
    """A moment that one key chooses: what the page sends, what the button says, and when it is."""

    key: str
    label: str
    at: datetime


def quick_times(now: datetime, clock: BusinessClock) -> list[QuickTime]:
    """The times that make sense now, the soonest first: in an hour and later today while there is time, then days."""
    local = now.astimezone(clock.zone)
    found = []
    hour = _rounded_up(now + timedelta(hours=1))
    if _EARLIEST <= hour.astimezone(clock.zone).time() < _LATEST:
        found.append(QuickTime("hour", "In 1 hour", hour))
    if local.time() < time(12, 30) and _is_open(local.date(), _TWO, clock):
        found.append(QuickTime("afternoon", "This afternoon", _moment(local.date(), _TWO, clock)))
    elif time(12, 30) <= local.time() < time(15) and _is_open(local.date(), _LATE, clock):
        found.append(QuickTime("afternoon", "Later today", _moment(local.date(), _LATE, clock)))
    morning = _working_day(local.date() + timedelta(days=1), clock)
    found.append(_on("morning", morning, _opening(morning, clock), local.date(), clock))
    if len(found) < 3 and _is_open(morning, _TWO, clock):
        found.append(_on("next_afternoon", morning, _TWO, local.date(), clock))
    soon = _working_day(local.date() + timedelta(days=3), clock)
    found.append(_on("days", soon, _opening(soon, clock), local.date(), clock))
    week = _working_day(local.date() + timedelta(days=7), clock)
    found.append(QuickTime("week", "In a week", _moment(week, _opening(week, clock), clock)))
    return found


def time_of(key: str, typed: str, now: datetime, clock: BusinessClock) -> datetime:
    """The moment that `key` chooses now, or for "other" the local one that was typed, like 2026-11-24T10:30.

    A quick time that is over meanwhile, since the page was open for long, is the next working morning. Raises Invalid.
    """
    if key != "other":
        times = {each.key: each.at for each in quick_times(now, clock)}
        if key not in (*times, "hour", "afternoon", "next_afternoon"):
            raise Invalid({"again": "Choose when to try again."})
        return times.get(key, times["morning"])
    try:
        chosen = datetime.fromisoformat(typed.strip())
        at = (chosen.replace(tzinfo=clock.zone, fold=0) if chosen.tzinfo is None else chosen).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: another day than the first or the last there is, in that zone
        raise Invalid({"at": "Choose a day and a time."}) from None
    if at <= now:
        raise Invalid({"at": "This time is over. Choose one that is still to come."})
    if at > now + _FURTHEST:
        raise Invalid({"at": "Choose a time within two years."})
    return at


def in_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When something is planned, with its time of day: "today 14:00", "tomorrow 09:00", "Tue 10:30" within a week,
    "Tue 24 Nov 10:30" after that.
    """
    return humanise_due(at, now, zone, by_hour=True)[0]


def _on(key: str, day: date, at: time, today: date, clock: BusinessClock) -> QuickTime:
    word = "Tomorrow" if day == today + timedelta(days=1) else _DAYS[day.weekday()]
    return QuickTime(key, f"{word} {at.hour}:{at:%M}", _moment(day, at, clock))


def _opening(day: date, clock: BusinessClock) -> time:
    """Nine, or when the business opens on that day if it is closed then."""
    opens, closes = clock.weekly_hours(day.weekday()) or (clock.opens, clock.closes)
    return _NINE if opens <= _NINE < closes else opens


def _is_open(day: date, at: time, clock: BusinessClock) -> bool:
    return clock.is_open(_moment(day, at, clock))


def _working_day(day: date, clock: BusinessClock) -> date:
    start = datetime.combine(day, time(0), clock.zone)
    return clock.next_open(start).astimezone(clock.zone).date()


def _moment(day: date, at: time, clock: BusinessClock) -> datetime:
    return datetime.combine(day, at, clock.zone).astimezone(UTC)


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at - over + timedelta(minutes=5 if over else 0)
