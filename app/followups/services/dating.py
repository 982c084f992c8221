"""When the steps of a sequence are due: delays added up, then moved to where they disturb nobody.

A step's nominal time is the start and all delays up to it. Its time is the nominal one moved into the opening hours,
its window and, for texts, out of the quiet hours; never before the step ahead of it, and a message never sooner than
the workspace's gap after the message ahead. Days keep their time of day over the changes of the clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.core.clock import BusinessClock
from app.followups.queries.steps import MESSAGES, Delay, Step, every, way
from app.followups.services.conditions import holds, stage_key
from app.followups.services.explaining import why_moved
from app.leads.models import Lead
from app.messaging.services.refusing import takes_texts
from app.workspaces.models import Workspace

#: What Sill does for itself disturbs nobody at any time.
_UNHEARD = ("wait", "branch", "stage")
#: What is no more than a day, by the unit of a delay.
_A_DAY = {"minutes": 24 * 60, "hours": 24, "days": 1, "business_hours": 8, "business_days": 1}


@dataclass(frozen=True, slots=True)
class Dated:
    """A step with its time, and in words why that is not its nominal one ("" when it is)."""

    step: Step
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A step as it meets one lead: `kind` is what it becomes there, None when it can't be done at all."""

    step: Step
    kind: str | None
    nominal: datetime
    at: datetime


def reachable_kind(step: Step, lead: Lead) -> str | None:
    """The step's own kind; for an email to somebody with a number only the text that takes its place, else a call; None
    when nothing can be sent.

    A call to somebody without a number stays as a task: without it nobody would think of the lead again.
    """
    kind = step.kind
    has_email, has_phone = bool(lead.contact.email_sealed), bool(lead.contact.phone_sealed)
    if kind == "email" and not has_email:
        if not has_phone:
            return None
        return "sms" if step.text_key and takes_texts(lead.contact.phone or "") else "call"
    if kind == "sms" and not has_phone:
        return None
    return "task" if kind == "call" and not has_phone else kind


def reckon(
    steps: Iterable[Step],
    start: datetime,
    workspace: Workspace,
    *,
    lead: Lead | None = None,
    known: Mapping[str, datetime] | None = None,
    not_before: datetime | None = None,
) -> Iterator[Reckoned]:
    """The times of steps that follow each other from `start`. `known` are the times of those that stand already;
    the others don't come before `not_before`. With a lead each step becomes what reaches its contact. An email that
    would become a call a day or less ahead of another is left out, and that other call comes at its time.
    """
    steps, sooner = list(steps), None
    clock, gap = workspace.clock(), timedelta(hours=workspace.message_gap_hours)
    known, floor, spaced = known or {}, not_before or start, None
    nominal = anchor = start
    days = 0
    for place, step in enumerate(steps):
        if step.delay.unit == "days":
            days += step.delay.amount
            nominal = clock.add_days(anchor, days)
        elif step.delay.amount:
            nominal = anchor = _later(clock, nominal, step.delay)
            days = 0
        kind = reachable_kind(step, lead) if lead is not None else step.kind
        if kind == "call" != step.kind and _calls_next(steps, place):
            kind, sooner = None, nominal
        if kind is None:
            yield Reckoned(step, None, nominal, max(nominal, floor))
            continue
        at = known.get(step.key)
        is_spaced = step.is_spaced and kind in MESSAGES
        if at is None:
            earliest = max(nominal, floor, spaced + gap) if is_spaced and spaced else max(sooner or nominal, floor)
            at = allowed(step, kind, clock, earliest)
        sooner = None
        floor, spaced = max(floor, at), at if is_spaced else spaced
        yield Reckoned(step, kind, nominal, at)


def _calls_next(steps: Sequence[Step], place: int) -> bool:
    """Whether the step after `place` calls them within a day."""
    following = steps[place + 1] if place + 1 < len(steps) else None
    if following is None or following.kind != "call":
        return False
    amount, unit = following.delay.amount, following.delay.unit
    return amount <= _A_DAY.get(unit, 0)


def allowed(step: Step, kind: str, clock: BusinessClock, at: datetime) -> datetime:
    """The first moment not before `at` at which the step may happen as `kind`.

    A call that stands in for a mail is for people, who do not call at night. Where a step's window and the hours never
    meet, since the hours have changed, the hours count alone; the quiet hours of texts always do.
    """
    any_hour = step.any_hour and kind in MESSAGES
    windows = [_window(step)] if step.window else []
    if kind in _UNHEARD:
        any_hour = True
    elif kind == "sms" and clock.texts is not None:
        windows = [_overlap(each, clock.texts) for each in windows] + [clock.texts]
    for opens, closes in windows:
        if opens >= closes:
            continue
        try:
            return clock.next_in_window(at, opens, closes, any_day=any_hour)
        except ValueError:
            continue  # it lies outside every day's hours
    if kind == "sms" and clock.texts is not None:
        return clock.next_in_window(at, *clock.texts, any_day=True)
    return at if any_hour else clock.next_open(at)


def never_opens(step: Step, workspace: Workspace) -> bool:
    """Whether a step's window and the hours in which it may happen have no moment in common in an ordinary week."""
    clock = workspace.clock()
    window = _window(step)
    if step.kind == "sms" and clock.texts is not None:
        window = _overlap(window, clock.texts)
    if step.any_hour or step.kind in _UNHEARD:
        return window[0] >= window[1]
    days = [hours for weekday in range(7) if (hours := clock.weekly_hours(weekday))]
    return not any(max(window[0], hours[0]) < min(window[1], hours[1]) for hours in days)


def dates_of(
    steps: tuple[Step, ...],
    start: datetime,
    workspace: Workspace,
    lead: Lead | None = None,
    answers: Mapping[str, bool] | None = None,
) -> list[Dated]:
    """When each step would happen, those in both arms of branches included, from top to bottom.

    What lies behind a branch is counted along the way it would take: that of the lead as it is, with nobody answering,
    or as `answers` say. A step that can't reach the lead's contact is left out.
    """
    branches = [step for step in every(steps) if step.kind == "branch"]
    expected = {step.key: _expected(step, lead) for step in branches} | dict(answers or {})
    found: dict[str, Dated] = {}
    ways, tried = [expected], set()
    while ways:
        chosen = ways.pop(0)
        for each in reckon(way(steps, chosen), start, workspace, lead=lead):
            step = each.step
            if step.kind == "branch" and step.key not in tried:
                tried.add(step.key)
                ways.append({**chosen, step.key: not chosen[step.key]})
            if step.key not in found and each.kind is not None:
                found[step.key] = Dated(step, each.at, _why(each, each.kind, workspace))
    return [found[step.key] for step in every(steps) if step.key in found]


def _why(reckoned: Reckoned, kind: str, workspace: Workspace) -> str:
    step, nominal = reckoned.step, reckoned.nominal
    return why_moved(
        workspace, step.window, nominal, reckoned.at, free=allowed(step, kind, workspace.clock(), nominal),
        any_hour=step.any_hour and kind in MESSAGES,
    )  # fmt: skip


def _expected(step: Step, lead: Lead | None) -> bool:
    asked = step.condition
    if asked is None:
        return False
    if lead is not None and asked.on == "stage":
        return stage_key(lead) == asked.value
    if lead is not None and asked.on == "field":
        return holds(lead, asked.field, asked.operator, asked.value)
    return asked.on == "no_reply"


def _later(clock: BusinessClock, at: datetime, delay: Delay) -> datetime:
    amount = delay.amount
    if delay.unit == "business_hours":
        return clock.add_business_hours(at, amount)
    if delay.unit == "business_days":
        return clock.add_working_days(at, amount)
    if delay.unit == "until_month":
        return _first_of_month(clock, at, amount)
    return at + timedelta(**{delay.unit: amount})


def _first_of_month(clock: BusinessClock, at: datetime, month: int) -> datetime:
    """The next 1st of a month after the day of `at`, at the same time of day."""
    today = at.astimezone(clock.zone).date()
    year = today.year + (today.month >= month)
    return clock.add_days(at, (today.replace(year=year, month=month, day=1) - today).days)


def _window(step: Step) -> tuple[time, time]:
    assert step.window is not None
    return time.fromisoformat(step.window[0]), time.fromisoformat(step.window[1])


def _overlap(one: tuple[time, time], other: Sequence[time]) -> tuple[time, time]:
    return max(one[0], other[0]), min(one[1], other[1])
