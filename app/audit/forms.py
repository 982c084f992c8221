"""Reading what the log is narrowed to, as its address says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.audit.queries.filtering import OTHERS, AuditFilter, find_lead, subjects_of
from app.audit.words import KINDS
from app.core.days import read_day
from app.core.ids import parse_id

_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter, the things that it is about where it names a lead, and by field what can't be taken."""

    wanted: AuditFilter
    subject_ids: list[UUID] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def read_filter(asked: Mapping[str, str], people: Iterable[UUID]) -> Asked:
    """What the address narrows the log to. A choice that there is not narrows nothing; a day or number that can't be
    taken is said beside its field.
    """
    errors: dict[str, str] = {}
    kind, who = asked.get("kind", ""), asked.get("who", "")
    since, until = (_day(asked, name, errors) for name in ("from", "to"))
    if since and until and since > until:
        errors["to"] = "This is before the first day."
    typed, found = asked.get("lead", "").strip()[:_LONGEST_NUMBER], None
    if typed and (found := find_lead(typed)) is None:
        errors["lead"] = "No lead has this number."
    person = parse_id(who)
    wanted = AuditFilter(
        who=person if person in set(people) and person else who if who in OTHERS else "",
        kind=kind if kind in KINDS else "", since=since, until=until, lead=found[1] if found else "",
    )  # fmt: skip
    return Asked(
        wanted, subjects_of(found[0]) if found else [], errors,
        {name: asked.get(name, "")[:_LONGEST_NUMBER] for name in errors},
    )  # fmt: skip


def _day(asked: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    """A day of these times. Blank is none."""
    text = asked.get(name, "").strip()
    day = read_day(text[:_LONGEST_NUMBER]) if text else None
    if text and (day is None or not 2000 <= day.year < 2200):
        errors[name] = "Enter a date, like 24/11/2026."
        return None
    return day
