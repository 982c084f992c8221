"""The orders a list of leads can be in, each by an index, and where a page of it begins.

    order = Ordering.from_query(request.args)     # ?sort=due, ?sort=-value; newest first when nothing is said

An order has one stretch or two: leads with nothing planned come after all that have something, newest first. Each
stretch is read by its own index, forwards or backwards from a row, so that no page costs more than another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from app.leads.models import Lead

#: What a list can be ordered by: name in addresses -> (column, words upwards, words downwards).
SORTS: dict[str, tuple[Any, str, str]] = {
    "created": (Lead.created_at, "Oldest first", "Newest first"),
    "due": (Lead.next_act_at, "Next act, soonest first", "Next act, latest first"),
    "value": (Lead.annual_minor, "Value, lowest first", "Value, highest first"),
    "activity": (Lead.last_activity_at, "Longest without activity first", "Last activity first"),
}
_USUAL = "-created"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of an order: which leads it holds (None: all), and the column they stand in order of."""

    holds: ColumnElement[bool] | None
    column: Any
    is_falling: bool


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order by its name in addresses: `due`, or `-due` for the other way round."""

    name: str = _USUAL

    @classmethod
    def from_query(cls, args: Mapping[str, str]) -> "Ordering":
        """The order that an address asks for; newest first for any other word."""
        wanted = args.get("sort", "")
        return cls(wanted) if wanted.removeprefix("-") in SORTS else cls()

    @property
    def key(self) -> str:
        """What it goes by, without its direction."""
        return self.name.removeprefix("-")

    @property
    def is_falling(self) -> bool:
        """Whether the greatest comes first."""
        return self.name.startswith("-")

    @property
    def words(self) -> str:
        """For people: "Newest first"."""
        return SORTS[self.key][2 if self.is_falling else 1]

    def as_query(self) -> dict[str, str]:
        """The query that asks for it; nothing for the usual one."""
        return {} if self.name == _USUAL else {"sort": self.name}

    def turned(self, key: str) -> "Ordering":
        """The order after a click on the head of a column: by it, or if it is so already, the other way round."""
        if key == self.key:
            return Ordering(key if self.is_falling else f"-{key}")
        return Ordering(key if key == "due" else f"-{key}")

    def stretches(self) -> tuple[Stretch, ...]:
        """Its parts, in order."""
        column = SORTS[self.key][0]
        if self.key != "due":
            return (Stretch(None, column, self.is_falling),)
        return (
            Stretch(column.isnot(None), column, self.is_falling),
            Stretch(column.is_(None), Lead.created_at, True),
        )


def every_order() -> list[Ordering]:
    """All orders, for a menu."""
    return [Ordering(name) for name in ("-created", "created", "due", "-value", "value", "-activity", "activity")]
