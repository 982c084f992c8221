"""Visits in words: when somebody comes."""

from datetime import datetime, tzinfo

from app.core.human_time import long_date


def hours_words(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """At what time a visit is, in the business's zone: "10:00 to 12:00"; "from 10:00" without an end."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"from {start:%H:%M}" if start == end else f"{start:%H:%M} to {end:%H:%M}"


def span_words(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """When a visit is, in the business's zone: "Tuesday 8 December, 10:00 to 12:00"; "from 10:00" without an end."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if start.date() == end.date():
        return f"{long_date(start.date())}, {hours_words(starts_at, ends_at, zone)}"
    return f"{long_date(start.date())}, {start:%H:%M} to {long_date(end.date())}, {end:%H:%M}"
