"""Reading rounds: when we are in an area next, how much room is left on that day, and when nobody works.

Rounds and closures are few and come from core/catalogue; only what fills a day is asked of the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, Date, DateTime, bindparam, column, func, select, true, union_all

from app.appointments.models import Appointment
from app.core.catalogue import known
from app.core.clock import bank_holiday
from app.core.models import fixed
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.quotes.models import SlotOffer
from app.rounds.models import Closure, Round
from app.workspaces.queries import current_workspace

#: How far ahead a date is worth telling; the longest round takes a year.
HORIZON = timedelta(days=366)
_ONE_DAY = timedelta(days=1)
#: How many visits to an area are looked at for one with room.
_LOOKED_AT = 6
#: District and sector of a postcode, and the day after which a visit is looked for.
Place = tuple[str | None, str | None, date]


@dataclass(frozen=True, slots=True)
class NextVisit:
    """A day on which a round comes to an area, and for how many more jobs it has room."""

    day: date
    round_name: str
    room: int
    capacity: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits into that day."""
        return self.room == 0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: which rounds come, or why nobody works."""

    date: date
    visits: tuple[NextVisit, ...]
    closed: str | None


def rounds() -> list[Round]:
    """Every round of the workspace, by name; detached, for reading only."""
    return sorted(known(Round), key=lambda each: each.name.casefold())


def closures(since: date) -> list[Closure]:
    """The closures that are not over on `since`, the soonest first; detached, for reading only."""
    return sorted((each for each in known(Closure) if each.ends_on >= since), key=lambda each: each.starts_on)


def closed_on(day: date) -> str | None:
    """Why nobody works on that day: the closure's name or the bank holiday's; None for a day like any other."""
    return why_closed(day, known(Closure))


def why_closed(day: date, among: Iterable[Closure]) -> str | None:
    """The same for who has the closures at hand and asks about many days."""
    for closure in among:
        if closure.starts_on <= day <= closure.ends_on:
            return closure.name
    return bank_holiday(day)


def covers(areas: Sequence[str], district: str | None, sector: str | None) -> bool:
    """Whether a list of districts (BA5) and sectors (BA5 2) holds a postcode of this district and sector."""
    return (district is not None and district in areas) or (sector is not None and sector in areas)


def days_of(each: Round, since: date, until: date, closed: Sequence[Closure]) -> list[date]:
    """The days from `since` up to and including `until` on which a round is due and that are neither a bank holiday
    nor `closed`.
    """
    step = timedelta(weeks=each.every_weeks)
    late = max(since - each.first_day, timedelta(0))
    day = each.first_day + -(-late // step) * step
    found = []
    while day <= until:
        if why_closed(day, closed) is None:
            found.append(day)
        day += step
    return found


def next_visits(district: str | None, sector: str | None, today: date, count: int = 1) -> list[NextVisit]:
    """The next `count` days after `today` on which a round comes to an area, soonest first, days of closure left out.

    Full days are among them, with no room: who offers dates leaves them out, who tells when we come does not. Counts
    what everybody has arranged, whatever the person who asks may see. One statement, none where no round goes.
    """
    closed = known(Closure)
    found = [
        (day, each)
        for each in known(Round)
        if each.is_active and covers(each.areas, district, sector)
        for day in days_of(each, today + _ONE_DAY, today + HORIZON, closed)[:count]
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].name.casefold()))
    found = found[:count]
    taken = jobs_on([day for day, _ in found])
    return [_visit(each, day, taken) for day, each in found]


def first_room(places: Iterable[Place]) -> dict[Place, NextVisit]:
    """For each place and day the next day after that one on which a round comes there and has room.

    Places that no round visits, or that are full for the next visits, are left out. One statement for all of them, none
    without rounds.
    """
    closed, coming = known(Closure), dict[Place, list[tuple[date, Round]]]()
    for place in set(places):
        found = [
            (day, each)
            for each in known(Round)
            if each.is_active and covers(each.areas, *place[:2])
            for day in days_of(each, place[2] + _ONE_DAY, place[2] + HORIZON, closed)[:_LOOKED_AT]
        ]
        coming[place] = sorted(found, key=lambda pair: (pair[0], pair[1].name.casefold()))[:_LOOKED_AT]
    taken = jobs_on([day for found in coming.values() for day, _ in found])
    visits = {place: (_visit(each, day, taken) for day, each in found) for place, found in coming.items()}
    roomy = {place: next((visit for visit in found if not visit.is_full), None) for place, found in visits.items()}
    return {place: visit for place, visit in roomy.items() if visit is not None}


def next_days(listed: Iterable[Round], since: date) -> dict[str, date | None]:
    """The next day of each round from `since` on by its name, None for one that has none within a year."""
    closed = known(Closure)
    return {each.name: next(iter(days_of(each, since, since + HORIZON, closed)), None) for each in listed}


def next_weeks(monday: date, weeks: int) -> list[list[Day]]:
    """The days of some weeks from a Monday on, a list a week, with what comes on them. One statement."""
    last = monday + timedelta(weeks=weeks) - _ONE_DAY
    closed, due = known(Closure), dict[date, list[Round]]()
    for each in rounds():
        for day in days_of(each, monday, last, closed) if each.is_active else ():
            due.setdefault(day, []).append(each)
    taken = jobs_on(list(due))
    days = []
    for number in range(weeks * 7):
        day = monday + number * _ONE_DAY
        visits = tuple(_visit(each, day, taken) for each in due.get(day, ()))
        days.append(Day(day, visits, why_closed(day, closed)))
    return [days[at : at + 7] for at in range(0, len(days), 7)]


def jobs_on(days: Sequence[date]) -> dict[date, list[tuple[str | None, str | None]]]:
    """District and sector of each lead with an appointment, or a time offered, on any of these local days, the bin
    left out.
    """
    taken: dict[date, list[tuple[str | None, str | None]]] = {}
    if not days:
        return taken
    here, zone = current_workspace_id(), current_workspace().clock().zone
    wanted = sorted(set(days))
    spans = {
        "days": wanted,
        "begins": [_midnight(day, zone) for day in wanted],
        "ends": [_midnight(day + _ONE_DAY, zone) for day in wanted],
    }
    with seeing_all():
        for day, district, sector in db.session.execute(_TAKEN, spans | {"here": here}):
            taken.setdefault(day, []).append((district, sector))
    return taken


def _visit(each: Round, day: date, taken: Mapping[date, Sequence[tuple[str | None, str | None]]]) -> NextVisit:
    jobs = sum(covers(each.areas, *place) for place in taken.get(day, ()))
    return NextVisit(day, each.name, max(0, each.capacity - jobs), each.capacity)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


_SPANS = (
    func.unnest(
        bindparam("days", type_=ARRAY(Date)),
        bindparam("begins", type_=ARRAY(DateTime(timezone=True))),
        bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
    )
    .table_valued(column("day", Date), column("begins_at"), column("ends_at"))
    .render_derived("span")
)
_HERE = bindparam("here")
_COMING = union_all(
    select(Appointment.lead_id)
    .where(
        Appointment.workspace_id == _HERE,
        Appointment.starts_at >= _SPANS.c.begins_at,
        Appointment.starts_at < _SPANS.c.ends_at,
        Appointment.status != fixed("cancelled"),
    )
    .correlate(_SPANS),
    select(SlotOffer.lead_id)
    .where(
        SlotOffer.workspace_id == _HERE,
        SlotOffer.starts_at >= _SPANS.c.begins_at,
        SlotOffer.starts_at < _SPANS.c.ends_at,
        SlotOffer.state == fixed("offered"),
    )
    .correlate(_SPANS),
).lateral("coming")
#: A lead counts once a day, however many times of that day it is offered; nobody goes to one that lies in the bin.
_TAKEN = (
    select(_SPANS.c.day, Lead.district, Lead.sector)
    .select_from(_SPANS.join(_COMING, true()))
    .join(Lead, (Lead.workspace_id == _HERE) & (Lead.id == _COMING.c.lead_id) & (Lead.shelf != fixed("bin")))
    .group_by(_SPANS.c.day, Lead.id, Lead.district, Lead.sector)
)
