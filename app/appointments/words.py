"""Visits in words: when somebody comes."""

from datetime import datetime, tzinfo

from app.core.human_time import long_date


def span_words(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """When a visit is, in the business's zone: "Tuesday 8 December, 10:00 to 12:00"; "from 10:00" without an end."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if start == end:
        return f"{long_date(start.date())}, from {start:%H:%M}"
    if start.date() == end.date():
        return f"{long_date(start.date())}, {start:%H:%M} to {end:%H:%M}"
    return f"{long_date(start.date())}, {start:%H:%M} to {long_date(end.date())}, {end:%H:%M}"
