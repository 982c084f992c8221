"""Reading the list of tags for its settings."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, true

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


def listed_tags() -> list[ListedTag]:
    """Every tag by name with its count, each counted through the index and no further than needed."""
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
        .where(Tag.workspace_id == current_workspace_id())
        .order_by(func.lower(Tag.name), Tag.id)
    )
    return [ListedTag(*row) for row in rows]
