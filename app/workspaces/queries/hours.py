"""Reading the hours of a workspace: as the fields of their page show them, and what follows from them now."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.clock import bank_holiday, utcnow
from app.core.human_time import long_date
from app.core.money import plain_amount
from app.rounds.queries import closures, why_closed
from app.workspaces.models import Workspace
from app.workspaces.queries import today_here

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: So many days off that come next are shown.
_SHOWN, _AHEAD = 8, 370


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which nobody works: its date, why, and whether the workspace itself says so."""

    day: date
    why: str
    is_own: bool


def hours_values(workspace: Workspace) -> dict[str, str | bool]:
    """The settings of the page of hours as its fields show them; a closed day offers the usual hours."""
    clock = workspace.clock()
    week: dict[str, str | bool] = {}
    for day in range(7):
        opens, closes = clock.weekly_hours(day) or (workspace.opens, workspace.closes)
        week |= {f"open_{day}": clock.weekly_hours(day) is not None}
        week |= {f"opens_{day}": f"{opens:%H:%M}", f"closes_{day}": f"{closes:%H:%M}"}
    return week | {
        "sms_opens": f"{workspace.sms_opens:%H:%M}",
        "sms_closes": f"{workspace.sms_closes:%H:%M}",
        "sms_part_price": f"{workspace.sms_part_price / 100:g}",
        "texts_back_missed_calls": workspace.texts_back_missed_calls,
        "message_gap_hours": str(workspace.message_gap_hours),
        "max_follow_ups": str(workspace.max_follow_ups),
        "high_value": plain_amount(workspace.high_value_minor),
        "untouched_days": str(workspace.untouched_days),
        "escalate_days": str(workspace.escalate_days),
        "digest_at": f"{workspace.digest_at:%H:%M}",
        "tracks_opens": workspace.tracks_opens,
    }


def open_words(workspace: Workspace) -> str:
    """Whether the business is open now, and until or from when."""
    clock, now = workspace.clock(), utcnow()
    local = now.astimezone(clock.zone)
    if clock.is_open(now):
        hours = clock.weekly_hours(local.weekday())
        return f"Open now, until {hours[1]:%H:%M}." if hours else "Open now."
    opening = clock.next_open(now).astimezone(clock.zone)
    day = "today" if opening.date() == local.date() else long_date(opening.date())
    return f"Closed now. What is due meanwhile goes out {day} at {opening:%H:%M}."


def coming_days_off() -> list[DayOff]:
    """The next bank holidays and the workspace's own days off, in order; each stretch of its own by its first day."""
    today = today_here()
    own = closures(today)
    found, last_why = [], None
    for day in (today + timedelta(days=number) for number in range(_AHEAD)):
        why = why_closed(day, own)
        holiday = bank_holiday(day)
        if holiday:
            found.append(DayOff(day, holiday, False))
        elif why and why != last_why:
            found.append(DayOff(day, why, True))
        last_why = why
    return found[:_SHOWN]
