"""The log a page at a time, newest first, by keyset in either direction.

No index leads to the acts of one person or of one kind, and one more would cost every write. So a page that is narrowed
to them looks through so many entries at most, and says how far back it got.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, or_, select, tuple_

from app.audit.models import AuditEntry
from app.audit.queries.filtering import LOOKED_THROUGH, AuditFilter, about, conditions, narrowing
from app.core.cursors import make_cursor, read_cursor
from app.extensions import db

PAGE = 50

Place = tuple[datetime, UUID]


class Row(NamedTuple):
    """An entry as the list reads it: nothing sealed."""

    id: UUID
    at: datetime
    action: str
    subject_type: str
    subject_id: UUID | None
    actor_kind: str
    actor_id: UUID | None
    address: Any
    device: str | None
    has_details: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """Some rows, newest first, and the cursors before and after them. `looked_to`: how far back was looked, where that
    is not the end.
    """

    rows: list[Row] = field(default_factory=list)
    after: str | None = None
    before: str | None = None
    looked_to: datetime | None = None


COLUMNS = (
    AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.subject_type, AuditEntry.subject_id,
    AuditEntry.actor_kind, AuditEntry.actor_id, AuditEntry.address, AuditEntry.device,
    or_(AuditEntry.before_sealed.is_not(None), AuditEntry.after_sealed.is_not(None)).label("has_details"),
)  # fmt: skip


def list_entries(
    wanted: AuditFilter, subject_ids: Sequence[UUID] = (), *, after: str | None = None, before: str | None = None
) -> Listed:
    """A page of the log: the newest, what comes after a cursor (older) or before one (newer).

    `subject_ids` are the lead's and what hangs on it, where it is narrowed to one. A page of newer entries that is not
    full is the first page.
    """
    since = read_cursor(before, wanted.name) if before else None
    if since:
        found, bound = read_rows(wanted, subject_ids, _place(since), PAGE + 1, newer=True)
        if len(found) > PAGE:
            rows = found[:PAGE][::-1]
            return Listed(rows, _cursor(wanted, rows[-1]), _cursor(wanted, rows[0]))
        if bound:
            rows = found[::-1]
            place = (rows[-1].at, rows[-1].id) if rows else bound
            return Listed(rows, _made(wanted, place), _made(wanted, bound))
    start = None if since else read_cursor(after, wanted.name)
    rows, bound = read_rows(wanted, subject_ids, _place(start) if start else None, PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    earlier = _cursor(wanted, rows[0]) if start and rows else None
    if more:
        return Listed(rows, _cursor(wanted, rows[-1]), earlier)
    return Listed(rows, _made(wanted, bound) if bound else None, earlier, bound[0] if bound else None)


def read_rows(
    wanted: AuditFilter, subject_ids: Sequence[UUID], start: Place | None, most: int, *,
    newer: bool = False, looked_through: int = 0,
) -> tuple[list[Row], Place | None]:  # fmt: skip
    """Up to `most` rows from `start` on, older ones or `newer` ones, the nearest first; and the place up to which was
    looked, None for the end.
    """
    within = conditions(wanted)
    if start:
        key = tuple_(AuditEntry.at, AuditEntry.id)
        within.append(key > tuple_(*start) if newer else key < tuple_(*start))
    if subject_ids:
        return _rows(_gathered(within, narrowing(wanted), subject_ids), newer, most), None
    furthest = looked_through or LOOKED_THROUGH
    near = _ordered(select(*COLUMNS).where(*within), AuditEntry, newer)
    if not wanted.is_sparse:
        return [Row(*row) for row in db.session.execute(near.limit(most))], None
    # The limit within keeps the planner to the index over time, whatever it believes of how rare such acts are.
    rows = _rows(_among(near.limit(furthest), wanted), newer, most)
    return rows, None if len(rows) == most else _bound(within, furthest, newer)


def _rows(found: FromClause, newer: bool, most: int) -> list[Row]:
    query = _ordered(select(*(found.c[column.name] for column in COLUMNS)), found.c, newer)
    return [Row(*row) for row in db.session.execute(query.limit(most))]


def _among(near: Select[Any], wanted: AuditFilter) -> FromClause:
    nearby = near.subquery("nearby")
    return select(nearby).where(*narrowing(wanted, nearby.c)).subquery("found")


def _gathered(
    within: list[ColumnElement[bool]], narrowed: list[ColumnElement[bool]], subject_ids: Sequence[UUID]
) -> FromClause:  # fmt: skip
    """What happened to some things: gathered by the index over things before it is put in order, since the planner
    would rather read the index over time until it has met enough of them, which may be never.
    """
    query = select(*COLUMNS).where(*within, *narrowed, about(subject_ids))
    return query.cte("gathered").prefix_with("materialized")


def _bound(within: list[ColumnElement[bool]], furthest: int, newer: bool) -> Place | None:
    """The last entry that is looked at, None where there are fewer; the index alone answers."""
    query = _ordered(select(AuditEntry.at, AuditEntry.id).where(*within), AuditEntry, newer)
    row = db.session.execute(query.offset(furthest - 1).limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def _ordered(query: Select[Any], columns: Any, newer: bool) -> Select[Any]:
    order = (columns.at, columns.id) if newer else (columns.at.desc(), columns.id.desc())
    return query.order_by(*order)


def _place(parts: Sequence[Any]) -> Place:
    return parts[0], parts[1]


def _cursor(wanted: AuditFilter, row: Row) -> str:
    return _made(wanted, (row.at, row.id))


def _made(wanted: AuditFilter, place: Place) -> str:
    return make_cursor(list(place), wanted.name)
