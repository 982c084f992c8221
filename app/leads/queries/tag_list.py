"""Reading the list of tags for its settings."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select, true

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import LeadTag, Tag
from app.leads.queries.tagging import HUES

#: Beyond this a tag hangs on "1,000+" leads: counting on would cost more than anybody learns.
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A tag and on how many leads it hangs, counted up to MOST_COUNTED + 1."""

    id: UUID
    name: str
    colour: str
    version: int
    leads: int
    noun: str = "tag"

    @property
    def hue(self) -> str:
        """The class that colours it."""
        return f"hue-{HUES.get(self.colour, self.colour)}"


#: Tags on one page of the list.
PAGE = 60


def listed_tags(number: int = 1, size: int | None = None) -> list[ListedTag]:
    """The tags of page `number` by name, each with its count, counted through the index and no further than needed."""
    size = size or PAGE
    return _listed(select(Tag.id).order_by(*_BY_NAME).offset((number - 1) * size).limit(size))


def listed_tag(tag_id: UUID) -> ListedTag | None:
    """One tag with its count."""
    return next(iter(_listed(select(Tag.id).where(Tag.id == tag_id))), None)


def page_of(tag_id: UUID) -> int:
    """On which page of the list a tag stands; the first for one that is not there."""
    ids = list(db.session.scalars(select(Tag.id).where(Tag.workspace_id == current_workspace_id()).order_by(*_BY_NAME)))
    return ids.index(tag_id) // PAGE + 1 if tag_id in ids else 1


_BY_NAME = (func.lower(Tag.name), Tag.id)


def _listed(ids: Select[tuple[UUID]]) -> list[ListedTag]:
    mine = ids.where(Tag.workspace_id == current_workspace_id())
    some = (
        select(LeadTag.lead_id)
        .where(LeadTag.workspace_id == Tag.workspace_id, LeadTag.tag_id == Tag.id)
        .limit(MOST_COUNTED + 1)
        .correlate(Tag)
        .subquery()
    )
    counted = select(func.count().label("leads")).select_from(some).lateral()
    rows = db.session.execute(
        select(Tag.id, Tag.name, Tag.colour, Tag.version, counted.c.leads)
        .join(counted, true())
        .where(Tag.workspace_id == current_workspace_id(), Tag.id.in_(mine))
        .order_by(*_BY_NAME)
    )
    return [ListedTag(*row) for row in rows]
