"""Days and moments as spreadsheets, Notion, Squeegee and people write them. A day comes before its month."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.days import full_year

_ZONE = r"\s*(z|\(?(?:gmt|utc|bst)[^)]*\)?|[+-]\d\d:?\d\d)?"
#: What a zone is ahead of UTC: "+01:00", "(GMT+1)", "BST"; one that is only named is not.
_AHEAD = re.compile(r"([+-])(\d\d?):?(\d\d)?")
_TIME = r"(?:[ T,]+(?:at )?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(am|pm)?)?" + _ZONE
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})" + _TIME, re.IGNORECASE)
_BRITISH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-]+([a-z]{3,9})\.?,?[ \-]+(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})" + _TIME, re.IGNORECASE)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_EARLIEST, _LATEST = 1980, 2200
#: A day without a time stands for its noon, so that no zone makes another day of it.
_NOON = time(12)


def read_moment(cell: str, zone: ZoneInfo) -> datetime | None:
    """A moment in UTC, read in the zone of the business where the cell names none; None when it is none.

    Takes "03/11/26", "2026-11-03", "3 Nov 2026", Notion's "November 3, 2026 2:15 PM" and days counted by Excel. Of a
    span ("… → …") the beginning counts.
    """
    text = _WEEKDAY.sub("", " ".join(re.split(r"→| - (?=\d{1,2}[ /])", cell)[0].split()))
    if _SERIAL.fullmatch(text):
        return _moment(date(1899, 12, 30) + timedelta(days=int(float(text))), (None,) * 4, zone)
    for pattern, order in ((_ISO, "ymd"), (_BRITISH, "dmy"), (_WORDS, "dmy"), (_MONTH_FIRST, "mdy")):
        found = pattern.fullmatch(text)
        if found:
            parts = dict(zip(order, found.groups()[:3], strict=True))
            day = _day(parts["y"], parts["m"], parts["d"])
            return _moment(day, found.groups()[3:], zone) if day else None
    return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].lower(), 0)
    full = full_year(year)
    try:
        return date(full, number, int(day)) if _EARLIEST <= full <= _LATEST else None
    except ValueError:
        return None


def _moment(day: date, clock: tuple[str | None, ...], zone: ZoneInfo) -> datetime | None:
    hour, minute, half, offset = clock
    at = _NOON
    if hour is not None and minute is not None:
        hours = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
        if hours > 23 or int(minute) > 59:
            return None
        at = time(hours, int(minute))
    local = datetime.combine(day, at, zone)
    if offset and hour is not None:
        return datetime.combine(day, at, UTC) - _ahead(offset)
    return local.astimezone(UTC)


def _ahead(offset: str) -> timedelta:
    found = _AHEAD.search(offset)
    if found is None:
        return timedelta(hours="bst" in offset.lower())
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return ahead if found[1] == "+" else -ahead
