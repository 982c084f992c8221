"""Entries as people read them: one line each, for the page and for the file alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.audit.queries.devices import device_words
from app.audit.queries.listing import Row
from app.audit.queries.naming import About, Person, names_for
from app.audit.words import act_words


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `has_details`: whether there is anything to open."""

    id: UUID
    at: datetime
    who: str
    what: str
    about: About | None
    address: str
    device: str
    has_details: bool

    noun = "audit-entry"


def lines_of(rows: Sequence[Row], people: Mapping[UUID, Person]) -> list[Line]:
    """The lines of some entries, by one statement at most."""
    names = names_for(rows, people)
    return [
        Line(
            row.id, row.at, names.who(row), act_words(row.action), names.about(row), str(row.address or ""),
            device_words(row.device), row.has_details,
        )
        for row in rows
    ]  # fmt: skip
