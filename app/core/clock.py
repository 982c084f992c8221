"""Time: now in UTC, and the working hours of a business in its own zone, bank holidays and clock changes
included.
"""

from collections.abc import Container, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from app.core.human_time import humanise_due, humanise_past, long_date

__all__ = ["BusinessClock", "bank_holiday", "humanise_due", "humanise_past", "long_date", "utcnow"]

#: Two local times of one day, the earlier first.
Hours = tuple[time, time]
_NO_HOURS: Mapping[int, Hours | None] = {}
# Two years of closed days in a row mean wrong settings, not a long holiday.
_SEARCH_DAYS = 731
# Nobody means a later day; a business that opens for a minute a week would have its hours counted for centuries.
_LONGEST_COUNT = timedelta(days=3653)
_SATURDAY = 5


def utcnow() -> datetime:
    """Return the present as an aware datetime in UTC."""
    return datetime.now(UTC)


def bank_holiday(day: date, subdivision: str = "ENG") -> str | None:
    """The name of the bank holiday on a day ("Christmas Day"), or None."""
    return _named_holidays(subdivision, day.year).get(day)


class BusinessClock:
    """When a business is open. Immutable; answers are aware datetimes in UTC.

    A moment is open from `opens` up to, not including, `closes` on a working day, in local time. Saturdays
    and Sundays are working days only if `weekend` is true; bank holidays (both a Saturday Boxing Day and its
    Monday substitute) and the business's own `closures` never are. `weekday_hours` gives single weekdays (0 for
    Monday) hours of their own, or None for closed; `texts` are the local times between which a text disturbs
    nobody. `holidays_subdivision` is ENG, WLS, SCT or NIR, or None for no bank holidays. Every method raises
    ValueError for a datetime without a zone.
    """

    def __init__(
        self,
        time_zone: str,
        opens: time,
        closes: time,
        weekend: bool,
        closures: Container[date] = frozenset(),
        holidays_subdivision: str | None = "ENG",
        weekday_hours: Mapping[int, Hours | None] = _NO_HOURS,
        texts: Hours | None = None,
    ) -> None:
        """Raises ValueError if it closes before it opens, ZoneInfoNotFoundError for an unknown zone."""
        if any(first >= last for first, last in filter(None, ((opens, closes), texts, *weekday_hours.values()))):
            raise ValueError("A business opens before it closes on the same day.")
        self.zone = ZoneInfo(time_zone)
        self.opens = opens
        self.closes = closes
        self.weekend = weekend
        self.closures = closures
        self.holidays_subdivision = holidays_subdivision
        self.weekday_hours = weekday_hours
        self.texts = texts

    def is_working_day(self, day: date) -> bool:
        """Tell whether the business opens on that local date."""
        if self.weekly_hours(day.weekday()) is None or day in self.closures:
            return False
        return self.holidays_subdivision is None or day not in _bank_holidays(
            self.holidays_subdivision, day.year
        )

    def weekly_hours(self, weekday: int) -> Hours | None:
        """The hours of a weekday (0 for Monday) in an ordinary week; None when it is closed."""
        if weekday in self.weekday_hours:
            return self.weekday_hours[weekday]
        return None if weekday >= _SATURDAY and not self.weekend else (self.opens, self.closes)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the business is open at that moment."""
        moment = _in_utc(at)
        day = moment.astimezone(self.zone).date()
        return self.is_working_day(day) and self._opening(day) <= moment < self._closing(day)

    def may_text(self, at: datetime) -> bool:
        """Tell whether a text may be sent at that moment without waking anybody."""
        if self.texts is None:
            return True
        moment = _in_utc(at)
        day = moment.astimezone(self.zone).date()
        return self._moment(day, self.texts[0]) <= moment < self._moment(day, self.texts[1])

    def next_open(self, at: datetime) -> datetime:
        """Return `at` itself if open then, else the next opening. Raises ValueError if none comes within two
        years.
        """
        moment = _in_utc(at)
        day = moment.astimezone(self.zone).date()
        for _ in range(_SEARCH_DAYS):
            if self.is_working_day(day) and moment < self._closing(day):
                return max(moment, self._opening(day))
            day += timedelta(days=1)
        raise ValueError("The business never opens within two years.")

    def next_in_window(self, at: datetime, opens: time, closes: time, *, any_day: bool = False) -> datetime:
        """Return the first moment not before `at` between two local times of a working day, within its hours.

        With `any_day` every day serves, and the hours do not count. Raises ValueError if none comes within two years:
        the window and the hours never meet.
        """
        moment = _in_utc(at)
        day = moment.astimezone(self.zone).date()
        for _ in range(_SEARCH_DAYS):
            if any_day or self.is_working_day(day):
                first, last = self._moment(day, opens), self._moment(day, closes)
                if not any_day:
                    first, last = max(first, self._opening(day)), min(last, self._closing(day))
                if first < last and moment < last:
                    return max(moment, first)
            day += timedelta(days=1)
        raise ValueError("The window never opens within two years.")

    def add_days(self, at: datetime, days: int) -> datetime:
        """Return the same local time of day so many calendar days on, open or not."""
        local = _in_utc(at).astimezone(self.zone)
        return self._moment(local.date() + timedelta(days=days), local.time()) if days else _in_utc(at)

    def add_business_hours(self, at: datetime, hours: int) -> datetime:
        """Return the moment by which so many hours of opening time have passed since `at`, ten years on at the latest.

        Raises ValueError for a negative number, or if the business never opens within two years.
        """
        if hours < 0:
            raise ValueError("Business hours are counted forwards.")
        moment, left = self.next_open(at), timedelta(hours=hours)
        latest = moment + _LONGEST_COUNT
        while moment < latest:
            closing = self._closing(moment.astimezone(self.zone).date())
            if moment + left <= closing:
                return moment + left
            left -= closing - moment
            moment = self.next_open(closing)
        return moment

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """Return the moment `days` working days on, at the same local time of day, ten years on at the latest.

        Outside opening hours the count starts at the next opening: an enquiry of Saturday, one working day,
        is due on Tuesday at opening. Raises ValueError for a negative number.
        """
        if days < 0:
            raise ValueError("Working days are counted forwards.")
        start = self.next_open(at)
        if days == 0:
            return start
        local = start.astimezone(self.zone)
        day, idle = local.date(), 0
        latest = day + _LONGEST_COUNT
        while days and day < latest:
            day += timedelta(days=1)
            working = self.is_working_day(day)
            days -= working
            idle = 0 if working else idle + 1
            if idle > _SEARCH_DAYS:
                raise ValueError("The business never opens within two years.")
        return self.next_open(self._moment(day, local.time()))

    def working_day_after(self, day: date) -> date:
        """The first working day after that date, whatever the hours and whether it is one itself. Raises ValueError if
        none comes within two years.
        """
        for days in range(1, _SEARCH_DAYS + 1):
            if self.is_working_day(day + timedelta(days=days)):
                return day + timedelta(days=days)
        raise ValueError("The business never opens within two years.")

    def due_at(self, start: datetime, delay_days: int, delay_minutes: int = 0) -> datetime:
        """Return when something planned at `start` is due: whole calendar days at the same local time, then
        real minutes, then moved forward to opening hours.
        """
        return self.next_open(self.add_days(start, delay_days) + timedelta(minutes=delay_minutes))

    def business_minutes(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of opening time between two moments; 0 if `end` is not after `start`."""
        first, last = _in_utc(start), _in_utc(end)
        day, final_day = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        total = timedelta()
        while day <= final_day:
            if self.is_working_day(day):
                spell = min(last, self._closing(day)) - max(first, self._opening(day))
                total += max(spell, timedelta())
            day += timedelta(days=1)
        return total // timedelta(minutes=1)

    def _opening(self, day: date) -> datetime:
        return self._moment(day, (self.weekly_hours(day.weekday()) or (self.opens, self.closes))[0])

    def _closing(self, day: date) -> datetime:
        return self._moment(day, (self.weekly_hours(day.weekday()) or (self.opens, self.closes))[1])

    def _moment(self, day: date, at: time) -> datetime:
        """Local wall time as UTC. In the hour skipped in March it lands an hour later; in October's double
        hour, the first.
        """
        return datetime.combine(day, at.replace(fold=0), self.zone).astimezone(UTC)


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(UTC)


@lru_cache(maxsize=64)
def _bank_holidays(subdivision: str, year: int) -> frozenset[date]:
    return frozenset(_named_holidays(subdivision, year))


@lru_cache(maxsize=64)
def _named_holidays(subdivision: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv=subdivision, years=year))
