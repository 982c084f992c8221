"""Domain events: every change is told once, in its own transaction, to whoever app/reactions.py lists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core.permissions import Actor

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one thing in one workspace.

    `name` is `thing.past_tense`; `subject_type`/`subject_id` name the thing; `lead_id` the lead it belongs to, if any.
    `before`/`after` hold changed facts (customer data allowed: the audit log seals them); `data` holds plain facts
    that are no customer data (ids, stages, amounts). `topics` are the live topics to tell after the commit.
    """

    name: str
    workspace_id: UUID
    actor: Actor
    subject_type: str
    subject_id: UUID
    lead_id: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()


Reaction = Callable[[Event], None]
_reactions: dict[str, tuple[Reaction, ...]] = {}


def wire(table: Mapping[str, Iterable[Reaction]]) -> None:
    """Take the table of reactions (create_app() does this once)."""
    _reactions.clear()
    _reactions.update({name: tuple(reactions) for name, reactions in table.items()})


def publish(event: Event) -> None:
    """Run the reactions to `event`, those for every event first. A reaction that raises undoes the whole change."""
    for reaction in _reactions.get(EVERY, ()):
        reaction(event)
    for reaction in _reactions.get(event.name, ()):
        reaction(event)
