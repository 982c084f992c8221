"""The list: fifty leads a page in the order and with the columns a person likes, read by keyset both ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Select, Uuid, bindparam, func, select, true, tuple_

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import NOBODY, Lead, StageCounter
from app.leads.queries.columns import Column, Html, Paper
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering
from app.leads.queries.tagging import star_on, tags_of

PAGE = 50
#: Leads are counted no further than this; beyond it says "10,000+".
MOST_COUNTED = 10_000
#: Of a lead's tags a row shows no more than these, and how many others there are.
_MOST_TAGS = 4
_HERE = bindparam("here", type_=Uuid)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One lead: what it is found by, and its cells, written."""

    id: Markup
    number: str
    name: str
    cells: Markup
    is_starred: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows and where the neighbouring pages begin. `total` is None when it takes counting (`count_leads`).

    `behind` is how many stand before the first row. The page's cursor says it, as it was when one came by there: leads
    that have come or gone since are not in it. None where a cursor does not say it.
    """

    rows: list[ListRow]
    next_cursor: str | None
    previous_cursor: str | None
    total: int | None
    behind: int | None = 0

    @property
    def span(self) -> str:
        """Which of them these are: "51–100"; "" when that is not known."""
        if self.behind is None:
            return ""
        first, last = self.behind + 1, self.behind + len(self.rows)
        return f"{first:,}" if first == last else f"{first:,}\u2013{last:,}"


def list_leads(
    narrowed: LeadFilter,
    order: Ordering,
    columns: Sequence[Column],
    paper: Paper,
    *,
    after: str | None = None,
    before: str | None = None,
) -> ListPage:
    """A page of leads after or before a cursor. An unreadable cursor starts from the top."""
    listed = _listed(narrowed, order)
    forward_from, back_from = read_cursor(after, listed), read_cursor(before, listed)
    at, is_back = (back_from, True) if back_from else (forward_from, False)
    found = _read(narrowed, order, columns, at, is_back)
    more, found = len(found) > PAGE, found[:PAGE]
    if is_back:
        found.reverse()
    has_next, has_previous = (True, more) if is_back else (more, bool(forward_from))
    if any(column.key == "tags" for column in columns) and found:
        paper.tags = {key: _tags(tags) for key, tags in tags_of([row.id for _, row in found]).items()}
    rows = [_row(row, columns, paper) for _, row in found]
    if not rows:
        return ListPage([], None, None, None if at else 0)
    behind = _behind(at, len(rows), is_back) if has_previous else 0
    return ListPage(
        rows,
        _mark(found[-1], listed, None if behind is None else behind + len(rows)) if has_next else None,
        _mark(found[0], listed, behind) if has_previous else None,
        len(rows) if not (at or has_next) else None,
        behind,
    )


def count_leads(narrowed: LeadFilter) -> int:
    """How many leads pass, counted up to one more than 10,000; all of them at once from the kept counts."""
    scope = current_scope()
    if narrowed.is_blank and scope.sees in ("all", "read", "own"):
        kept = select(func.coalesce(func.sum(StageCounter.leads), 0)).where(
            StageCounter.workspace_id == current_workspace_id()
        )
        if scope.sees == "own":
            kept = kept.where(StageCounter.owner_key.in_((scope.user_id, NOBODY)))
        return int(db.session.scalar(kept) or 0)
    passing = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), *narrowed.conditions())
    return db.session.scalar(select(func.count()).select_from(passing.limit(MOST_COUNTED + 1).subquery())) or 0


def _read(
    narrowed: LeadFilter,
    order: Ordering,
    columns: Sequence[Column],
    at: Sequence[Any] | None,
    is_back: bool,
) -> list[tuple[list[Any], Any]]:
    """A page of rows and one more from a place on, forwards or backwards, each with the place it stands at."""
    stretches = order.stretches()
    numbers = range(len(stretches))
    first = int(at[0]) if at else numbers[-1 if is_back else 0]
    found: list[tuple[list[Any], Any]] = []
    for number in numbers[first::-1] if is_back else numbers[first:]:
        falls = stretches[number].is_falling != is_back
        after = bool(at) and number == first
        shape = tuple(columns), order, number, falls, after
        page = _kept(_whose(narrowed), narrowed, *shape) if narrowed.is_lasting else _page(narrowed, *shape)
        given = {"place_key": at[1], "place_id": at[2]} if after and at else {}
        size = {"size": PAGE + 1 - len(found)}
        mine = {"here": current_workspace_id(), "person": current_scope().user_id}
        rows = db.session.execute(page, {**mine, **given, **size})
        found += [([number, row.place_key, row.id], row) for row in rows]
        if len(found) > PAGE:
            break
    return found


def _page(
    narrowed: LeadFilter, columns: tuple[Column, ...], order: Ordering, number: int, falls: bool, after: bool
) -> Select[Any]:
    """The rows of a page out of one stretch of an order, `after` a place or from its beginning.

    They are found and cut off first, and only then is looked up what other tables know of them.
    """
    stretch = order.stretches()[number]
    place = stretch.column
    asked = narrowed.conditions(walked=order.key)
    if stretch.holds is not None:
        asked.append(stretch.holds)
    if after:
        at = tuple_(bindparam("place_key", type_=place.type), bindparam("place_id", type_=Uuid))
        asked.append(tuple_(place, Lead.id) < at if falls else tuple_(place, Lead.id) > at)
    needed = {str(each): each for column in columns for each in column.needs}
    for each in (Lead.id, Lead.number, Lead.contact_id, Contact.name_sealed):
        needed.setdefault(str(each), each)
    own = [each for each in needed.values() if each.class_ is Lead]
    ways = (place.desc(), Lead.id.desc()) if falls else (place, Lead.id)
    first = select(*own, place.label("place_key"))
    page = first.where(Lead.workspace_id == _HERE, *asked).order_by(*ways).limit(bindparam("size")).subquery("page")
    known = select(*(each for each in needed.values() if each.class_ is Contact)).where(
        Contact.workspace_id == _HERE, Contact.id == page.c.contact_id
    )
    contact = known.limit(fixed(1)).lateral("contact")
    starred = star_on(page.c.id, _HERE, bindparam("person", type_=Uuid)).label("starred")
    read = select(page, contact, starred).join(contact, true())
    if any(column.key == "owner" for column in columns):
        owner = select(User.name).where(User.id == page.c.owner_id).scalar_subquery()
        read = read.add_columns(owner.label("owner_name"))
    return read.order_by(*((page.c.place_key.desc(), page.c.id.desc()) if falls else (page.c.place_key, page.c.id)))


@lru_cache(maxsize=1024)
def _kept(whose: tuple[UUID, UUID | None] | None, narrowed: LeadFilter, *shape: Any) -> Select[Any]:
    """The same, built once for a person's filter in a workspace: that takes longer than running it."""
    return _page(narrowed, *shape)


def _whose(narrowed: LeadFilter) -> tuple[UUID, UUID | None] | None:
    """Whom the conditions of a filter speak of: everybody when there are none."""
    return None if narrowed.is_blank else (current_workspace_id(), current_scope().user_id)


def _listed(narrowed: LeadFilter, order: Ordering) -> str:
    return f"list:{order.name}:{narrowed.key}"


def _mark(found: tuple[list[Any], Any], listed: str, behind: int | None) -> str:
    return make_cursor([*found[0], behind], listed)


def _behind(at: Sequence[Any] | None, rows: int, is_back: bool) -> int | None:
    """How many stand before a page that is not the first, as its cursor has it; None when an older one does not say."""
    if not at or len(at) < 4 or at[3] is None:
        return None
    # What has come in since pushes the first page on: before this one there is at least one more.
    return max(1, at[3] - rows) if is_back else at[3]


def _row(row: Any, columns: Sequence[Column], paper: Paper) -> ListRow:
    name = cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id) or ""
    cells = "".join(column.cell(row, paper) for column in columns)
    return ListRow(Markup(row.id), row.number, name, Markup(cells), row.starred is not None)  # noqa: S704 - each cell is escaped


def _tags(tags: Sequence[Any]) -> Html:
    shown = [f'<span class="tag {tag.hue}">{escape(tag.name)}</span>' for tag in tags[:_MOST_TAGS]]
    return Html(" ".join([*shown, *([f"+{len(tags) - _MOST_TAGS}"] if tags[_MOST_TAGS:] else [])]))
