"""Tags and stars: which there are, and which a lead has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz.distance import OSA
from sqlalchemy import ScalarSelect, and_, func, select

from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Favourite, LeadTag, Tag

#: A tag's colour -> the colour's name among the hues of the style sheet.
HUES = {"yellow": "amber", "purple": "violet"}

#: From these lengths on one slip, and two, make a name that is nearly the same.
SHORTEST_NAME, LONG_NAME = 4, 8
MOST_ALIKE = 4
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag as pages show it."""

    id: UUID
    name: str
    colour: str
    noun: str = "tag"

    @property
    def hue(self) -> str:
        """The class that colours it."""
        return f"hue-{HUES.get(self.colour, self.colour)}"


def all_tags() -> list[TagView]:
    """Every tag of the workspace, by name."""
    rows = db.session.execute(
        select(Tag.id, Tag.name, Tag.colour)
        .where(Tag.workspace_id == current_workspace_id())
        .order_by(func.lower(Tag.name), Tag.id)
    )
    return [TagView(*row) for row in rows]


def tags_like(name: str, known: Iterable[TagView]) -> list[TagView]:
    """Which of the known tags somebody may mean who types a name that none has: those with a word that begins so, and
    those a slip away (two in a long name), nearest first, at most MOST_ALIKE. Another number is no slip.
    """
    wanted = name.casefold()
    numbers = _NUMBER.findall(wanted)
    slips = 0 if len(wanted) < SHORTEST_NAME else 1 if len(wanted) < LONG_NAME else 2
    found = []
    for tag in known:
        has = tag.name.casefold()
        if numbers and _NUMBER.findall(has) != numbers:
            continue
        if len(wanted) > 1 and f" {has}".find(f" {wanted}") >= 0:
            found.append((0, tag))
        elif slips and (distance := OSA.distance(wanted, has, score_cutoff=slips)) <= slips:
            found.append((distance, tag))
    return [tag for _, tag in sorted(found, key=lambda each: each[0])][:MOST_ALIKE]


def tags_of(lead_ids: Iterable[UUID]) -> dict[UUID, list[TagView]]:
    """The tags of each of the leads, by name, in one statement; a lead without any is not in it."""
    found: dict[UUID, list[TagView]] = {}
    rows = db.session.execute(
        select(LeadTag.lead_id, Tag.id, Tag.name, Tag.colour)
        .join(Tag, and_(Tag.workspace_id == LeadTag.workspace_id, Tag.id == LeadTag.tag_id))
        .where(LeadTag.workspace_id == current_workspace_id(), LeadTag.lead_id == one_among(lead_ids))
        .order_by(func.lower(Tag.name), Tag.id)
    )
    for lead_id, *tag in rows:
        found.setdefault(lead_id, []).append(TagView(*tag))
    return found


def star_on(lead_id: Any, here: Any, person: Any) -> ScalarSelect[UUID]:
    """For a statement that reads leads: the lead's own id if the person has given it a star, else NULL. A scalar looks
    it up row by row; of `exists` the planner may make a list of all stars first.
    """
    mine = (Favourite.workspace_id == here, Favourite.user_id == person, Favourite.lead_id == lead_id)
    return select(Favourite.lead_id).where(*mine).scalar_subquery()


def starred_among(lead_ids: Iterable[UUID], user_id: UUID) -> set[UUID]:
    """Which of the leads a member has given a star."""
    query = select(Favourite.lead_id).where(
        Favourite.workspace_id == current_workspace_id(), Favourite.user_id == user_id,
        Favourite.lead_id == one_among(lead_ids),
    )  # fmt: skip
    return set(db.session.scalars(query))
