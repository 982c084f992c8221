"""The list: fifty leads a page, newest first, narrowed by stage, owner, district, source and priority."""

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, literal, select, tuple_, union_all

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.ids import parse_id
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import PRIORITIES, Lead, LeadSource, Stage
from app.leads.queries.cards import CARD_COLUMNS, Card, card_of
from app.workspaces.queries import workers

PAGE = 50


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list is narrowed to; what can't be read is left out."""

    stage: UUID | None = None
    owner: UUID | None = None
    source: UUID | None = None
    district: str | None = None
    priority: str | None = None

    @classmethod
    def from_query(cls, given: dict[str, str]) -> "ListFilter":
        """Read the page's query string."""
        priority = given.get("priority")
        return cls(
            stage=parse_id(given.get("stage", "")),
            owner=parse_id(given.get("owner", "")),
            source=parse_id(given.get("source", "")),
            district=given.get("district", "").strip().upper()[:4] or None,
            priority=priority if priority in PRIORITIES else None,
        )

    def as_query(self) -> dict[str, str]:
        """The query string that gives this filter."""
        return {f.name: str(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)}


@dataclass(frozen=True, slots=True)
class ListRow:
    """A card with what only the list shows."""

    card: Card
    stage_name: str
    stage_colour: str
    owner_name: str | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows and where the neighbouring pages begin."""

    rows: list[ListRow]
    next_cursor: str | None
    previous_cursor: str | None


def list_leads(narrowed: ListFilter, *, after: str | None = None, before: str | None = None) -> ListPage:
    """A page of leads after or before a cursor. An unreadable cursor starts from the newest."""
    listed = f"list:{sorted(narrowed.as_query().items())}"
    forward_from = read_cursor(after, listed)
    back_from = read_cursor(before, listed)
    query = _rows(narrowed)
    if back_from:
        query = query.where(tuple_(Lead.created_at, Lead.id) > tuple_(*back_from))
        query = query.order_by(Lead.created_at, Lead.id)
    else:
        if forward_from:
            query = query.where(tuple_(Lead.created_at, Lead.id) < tuple_(*forward_from))
        query = query.order_by(Lead.created_at.desc(), Lead.id.desc())
    found = db.session.execute(query.limit(PAGE + 1), {"here": current_workspace_id()}).all()
    more = len(found) > PAGE
    rows = [ListRow(card_of(row), row.stage_name, row.stage_colour, row.owner_name) for row in found[:PAGE]]
    if back_from:
        rows.reverse()

    def mark(row: ListRow) -> str:
        return make_cursor([row.card.created_at, row.card.id], listed)

    has_next = bool(rows) and (bool(back_from) or more)
    has_previous = bool(rows) and (more if back_from else bool(forward_from))
    return ListPage(rows, mark(rows[-1]) if has_next else None, mark(rows[0]) if has_previous else None)


_EVERY = (
    select(
        *CARD_COLUMNS, Stage.name.label("stage_name"), Stage.colour.label("stage_colour"),
        User.name.label("owner_name"),
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
    .outerjoin(User, User.id == Lead.owner_id)
    .where(Lead.workspace_id == bindparam("here"))
)  # fmt: skip


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """What the filter's selects for owner and source offer, each by name, read by one statement."""
    sources = select(literal("source"), LeadSource.id, LeadSource.name).where(
        LeadSource.workspace_id == current_workspace_id()
    )
    owners = workers().add_columns(literal("owner")).subquery()
    both = union_all(sources, select(owners.c[2], owners.c[0], owners.c[1]))
    choices: dict[str, list[tuple[str, str]]] = {"owner": [], "source": []}
    for kind, key, name in sorted(db.session.execute(both), key=lambda row: row[2].casefold()):
        choices[kind].append((str(key), name))
    return choices


def _rows(narrowed: ListFilter) -> Select[Any]:
    query = _EVERY
    for column, value in (
        (Lead.stage_id, narrowed.stage), (Lead.owner_id, narrowed.owner), (Lead.source_id, narrowed.source),
        (Lead.district, narrowed.district), (Lead.priority, narrowed.priority),
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    return query
