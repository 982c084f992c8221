"""Spans in a filter: amounts, numbers and days as addresses write them, read and said in words.

A span is `from..to`, with either end left out for "at least" and "up to", or one value. Days have words as well, which
keep their meaning when a view is opened next month: today, yesterday, tomorrow, late, now (late or due today), week,
month, and `last-30`, `next-7`, `over-30` (longer ago than 30 days).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.days import read_day
from app.core.human_time import long_date
from app.core.money import format_money, parse_money, plain_amount

DAY_WORDS = {
    "late": "late", "now": "late or due today", "today": "today", "yesterday": "yesterday", "tomorrow": "tomorrow",
    "week": "this week", "month": "this month",
}  # fmt: skip
AHEAD_ONLY = ("late", "now", "tomorrow")
_COUNTED = re.compile(r"(last|next|over)-([1-9]\d{0,3})")
_COUNTED_WORDS = {"last": "in the last {} days", "next": "in the next {} days", "over": "more than {} days ago"}
_NUMBER = re.compile(r"\d{1,9}")
_LONGEST = 40
_MOST_COUNTED = 32_767
#: What is due within this minute is not late (core/human_time says the same in words).
_GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment a filter is applied at, in the zone of the business."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date where the business is."""
        return self.at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When a local day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def read_span(kind: str, given: str) -> str | None:
    """The span in its one spelling, or None when it can't be read. `kind` is amount, count, moment or day."""
    given = given.strip()
    if not given or len(given) > _LONGEST:
        return None
    if kind in ("moment", "day") and (given in DAY_WORDS or _COUNTED.fullmatch(given)):
        return given
    low, parted, high = given.partition("..")
    ends = [_end(kind, end.strip()) for end in ((low, high) if parted else (low,))]
    if None in ends or not any(ends):
        return None
    if not parted or ends[0] == ends[1]:
        return ends[0]
    if all(ends) and _order(kind, str(ends[0])) > _order(kind, str(ends[1])):
        ends.reverse()
    return f"{ends[0]}..{ends[1]}"


def number_bounds(kind: str, span: str) -> tuple[int | None, int | None]:
    """The least and the most that an amount (in pence) or a count may be; None for an open end.

    Whole pounds stand for what is shown as so many pounds: 156 finds £155.74, which the list shows as £156.
    """
    low, parted, high = span.partition("..")
    first, last = (low, high) if parted else (low, low)
    if kind == "count":
        return (int(first) if first else None, int(last) if last else None)
    least, most = parse_money(first) if first else None, parse_money(last) if last else None
    if least is not None and "." not in first:
        least -= 50
    if most is not None and "." not in last:
        most += 49
    return least, most


def day_bounds(span: str, now: Now) -> tuple[date | None, date | None]:
    """The first and the last day of a span; None for an open end."""
    today = now.today
    counted = _COUNTED.fullmatch(span)
    if counted:
        days = timedelta(days=int(counted[2]))
        longer_ago = today - days - timedelta(days=1)
        return {"last": (today - days, today), "next": (today, today + days), "over": (None, longer_ago)}[counted[1]]
    if span in DAY_WORDS:
        return _worded(span, today)
    low, parted, high = span.partition("..")
    first = date.fromisoformat(low) if low else None
    return (first, date.fromisoformat(high) if high else None) if parted else (first, first)


def moment_bounds(span: str, now: Now) -> tuple[datetime | None, datetime | None]:
    """From when on (included) and until when (not included); None for an open end."""
    if span == "late":
        return None, now.at - _GRACE
    first, last = day_bounds(span, now)
    return (
        now.midnight(first) if first else None,
        now.midnight(last + timedelta(days=1)) if last and last < date.max else None,
    )


def span_words(kind: str, span: str, today: date) -> str:
    """The span for people: "£100 to £300", "from 8 March", "in the last 30 days"."""
    counted = _COUNTED.fullmatch(span)
    if kind in ("moment", "day") and (counted or span in DAY_WORDS):
        words = _COUNTED_WORDS[counted[1]].format(counted[2]) if counted else DAY_WORDS[span]
        return words.replace("1 days", "day") if counted and counted[2] == "1" and counted[1] != "over" else words
    low, parted, high = span.partition("..")
    low, high = _end_words(kind, low, today), _end_words(kind, high, today)
    if not parted:
        return low
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"


def _end(kind: str, given: str) -> str | None:
    """One end in its one spelling: "" for an open one, None for what can't be read."""
    if not given:
        return ""
    if kind == "amount":
        minor = parse_money(given)
        return plain_amount(minor) if minor is not None else None
    if kind == "count":
        return str(int(given)) if _NUMBER.fullmatch(given) and int(given) <= _MOST_COUNTED else None
    day = read_day(given)
    return day.isoformat() if day and 1900 <= day.year <= 2199 else None


def _order(kind: str, end: str) -> float | str:
    return float(end) if kind in ("amount", "count") else end


def _end_words(kind: str, end: str, today: date) -> str:
    if not end:
        return ""
    if kind == "amount":
        return format_money(parse_money(end) or 0)
    if kind == "count":
        return end
    day = date.fromisoformat(end)
    return long_date(day).partition(" ")[2] + ("" if day.year == today.year else f" {day.year}")


def _worded(span: str, today: date) -> tuple[date | None, date | None]:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    return {
        "late": (None, today - timedelta(days=1)),
        "now": (None, today),
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "week": (monday, monday + timedelta(days=6)),
        "month": (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
    }[span]
