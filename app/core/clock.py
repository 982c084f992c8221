"""Time: now in UTC, and the working hours of a business in its own zone, bank holidays and clock changes
included.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from app.core.human_time import humanise_due, humanise_past, long_date

__all__ = ["BusinessClock", "bank_holiday", "humanise_due", "humanise_past", "long_date", "utcnow"]

# Two years of closed days in a row mean wrong settings, not a long holiday.
_SEARCH_DAYS = 731
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
    Monday substitute) and the business's own `closures` never are. `holidays_subdivision` is ENG, WLS, SCT or
    NIR, or None for no bank holidays. Every method raises ValueError for a datetime without a zone.
    """

    def __init__(
        self,
        time_zone: str,
        opens: time,
        closes: time,
        weekend: bool,
        closures: Container[date] = frozenset(),
        holidays_subdivision: str | None = "ENG",
    ) -> None:
        """Raises ValueError if it closes before it opens, ZoneInfoNotFoundError for an unknown zone."""
        if opens >= closes:
            raise ValueError("A business opens before it closes on the same day.")
        self.zone = ZoneInfo(time_zone)
        self.opens = opens
        self.closes = closes
        self.weekend = weekend
        self.closures = closures
        self.holidays_subdivision = holidays_subdivision

    def is_working_day(self, day: date) -> bool:
        """Tell whether the business opens on that local date."""
        if day in self.closures or (not self.weekend and day.weekday() >= _SATURDAY):
            return False
        return self.holidays_subdivision is None or day not in _bank_holidays(
            self.holidays_subdivision, day.year
        )

    def is_open(self, at: datetime) -> bool:
        """Tell whether the business is open at that moment."""
        moment = _in_utc(at)
        day = moment.astimezone(self.zone).date()
        return self.is_working_day(day) and self._opening(day) <= moment < self._closing(day)

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

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """Return the moment `days` working days on, at the same local time of day.

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
        while days:
            day += timedelta(days=1)
            working = self.is_working_day(day)
            days -= working
            idle = 0 if working else idle + 1
            if idle > _SEARCH_DAYS:
                raise ValueError("The business never opens within two years.")
        return self.next_open(self._moment(day, local.time()))

    def due_at(self, start: datetime, delay_days: int, delay_minutes: int = 0) -> datetime:
        """Return when something planned at `start` is due: whole calendar days at the same local time, then
        real minutes, then moved forward to opening hours.
        """
        local = _in_utc(start).astimezone(self.zone)
        moment = _in_utc(start)
        if delay_days:
            moment = self._moment(local.date() + timedelta(days=delay_days), local.time())
        return self.next_open(moment + timedelta(minutes=delay_minutes))

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
        return self._moment(day, self.opens)

    def _closing(self, day: date) -> datetime:
        return self._moment(day, self.closes)

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
