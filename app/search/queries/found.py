"""What was found, ready to be shown."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from app.core.search_index import fold

Marked = tuple[tuple[str, bool], ...]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead: enough to recognise it, and by what it was found. `name` in parts, those that were typed marked."""

    id: UUID
    number: str
    name: Marked
    what: str
    place: str
    stage_name: str
    stage_colour: str


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A contact with a way to reach them and how many of the leads found are theirs."""

    id: UUID
    name: Marked
    reach: str
    leads: int


@dataclass(frozen=True, slots=True)
class FoundHouse:
    """A house or premises."""

    id: UUID
    address: Marked
    postcode: str
    leads: int


@dataclass(frozen=True, slots=True)
class Found:
    """The groups of the answer. `nearly`: leads whose names are spelt nearly like what was typed."""

    text: str
    leads: list[FoundLead] = field(default_factory=list)
    people: list[FoundPerson] = field(default_factory=list)
    houses: list[FoundHouse] = field(default_factory=list)
    nearly: list[FoundLead] = field(default_factory=list)
    has_looked: bool = False

    @property
    def hits(self) -> int:
        """How many customers' lines are shown."""
        return len(self.leads) + len(self.people) + len(self.houses) + len(self.nearly)


def marked(shown: str, typed: str) -> Marked:
    """`shown` in parts, each with whether it is what was typed: beginnings of its words."""
    parts = [part for part in _WORD.findall(fold(typed)) if part]
    found: list[tuple[str, bool]] = []
    at = 0
    for word in _WORD.finditer(shown):
        plain = fold(word[0])
        size = max((len(part) for part in parts if plain.startswith(part)), default=0)
        if not size:
            continue
        end = word.start() + (size if len(plain) == len(word[0]) else len(word[0]))
        found += [(shown[at : word.start()], False), (shown[word.start() : end], True)]
        at = end
    return tuple((part, is_typed) for part, is_typed in [*found, (shown[at:], False)] if part)
