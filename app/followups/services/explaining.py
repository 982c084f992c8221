"""Why a step happens later than its delay says, in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.core.catalogue import known
from app.core.clock import BusinessClock, bank_holiday
from app.rounds.models import Closure
from app.workspaces.models import Workspace

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_DAYS = 60
_A_MOMENT = timedelta(minutes=1)


def why_moved(
    workspace: Workspace, window: Sequence[str] | None, nominal: datetime, at: datetime, *, free: datetime,
    any_hour: bool,
) -> str:  # fmt: skip
    """Such as "closed on Sat and Sun", "Boxing Day, closed on Sun", "outside the hours"; "" when it was not moved.

    `window` is the step's own; `free` is when it would have happened with nothing ahead of it; `any_hour`: as what it
    becomes it need not mind the hours.
    """
    if at - nominal < _A_MOMENT:
        return ""
    clock = workspace.clock()
    first, last = nominal.astimezone(clock.zone).date(), at.astimezone(clock.zone).date()
    closed: list[str] = []
    names: list[str] = []
    for number in range(min((last - first).days, _MOST_DAYS)):
        day = first + timedelta(days=number)
        if any_hour or clock.is_working_day(day):
            continue
        name = _name(clock, day)
        if name:
            names.append(name)
        elif _DAYS[day.weekday()] not in closed:
            closed.append(_DAYS[day.weekday()])
    reasons = list(dict.fromkeys(names))
    if closed:
        reasons.append("closed on " + (", ".join(closed[:-1]) + " and " + closed[-1] if closed[1:] else closed[0]))
    if reasons:
        return ", ".join(reasons)
    if at - free >= _A_MOMENT:
        return "kept apart from the one before"
    if window and (any_hour or clock.is_open(nominal)):
        return f"only between {window[0]} and {window[1]}"
    return "outside the hours"


def _name(clock: BusinessClock, day: date) -> str:
    closure = next((each for each in known(Closure) if each.starts_on <= day <= each.ends_on), None)
    if closure is not None:
        return closure.name
    name = bank_holiday(day, clock.holidays_subdivision) if clock.holidays_subdivision else None
    return (name or "").removesuffix(" (observed)")
