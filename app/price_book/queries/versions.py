"""The versions of a workspace's price book: which one is in force, and what came before and comes next."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.price_book.models import PriceBook
from app.price_book.queries.book import Book, from_content

MOST_SHOWN = 50
_MOST_KEPT = 2_000
#: Versions are never changed once written, so one that was read stays good.
_read_before: OrderedDict[tuple[UUID, UUID], Book] = OrderedDict()


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version without its prices, for a list."""

    id: UUID
    version_no: int
    valid_from: date
    created_by: UUID | None
    created_at: datetime


def book_on(day: date) -> Book | None:
    """The version in force on a day: of those that began by then the latest, the newer one when two began together.

    None while the workspace has no price book. One statement at most.
    """
    found = db.session.execute(
        select(PriceBook.id)
        .where(PriceBook.workspace_id == current_workspace_id(), PriceBook.valid_from <= day)
        .order_by(PriceBook.valid_from.desc(), PriceBook.version_no.desc())
        .limit(1)
    ).scalar_one_or_none()
    return get_book(found) if found is not None else None


def get_book(book_id: UUID) -> Book | None:
    """A version by its id, such as the one a quote was taken from; None when there is none here."""
    key = (current_workspace_id(), book_id)
    if key in _read_before:
        _read_before.move_to_end(key)
        return _read_before[key]
    row = db.session.execute(
        select(PriceBook).where(PriceBook.workspace_id == key[0], PriceBook.id == book_id)
    ).scalar_one_or_none()
    if row is None:
        return None
    book = from_content(row.content, id=row.id, version_no=row.version_no, valid_from=row.valid_from)
    _read_before[key] = book
    if len(_read_before) > _MOST_KEPT:
        _read_before.popitem(last=False)
    return book
