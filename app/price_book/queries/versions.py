"""The versions of a workspace's price book: which one is in force, and what came before and comes next."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core import catalogue
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.price_book.models import PriceBook
from app.price_book.queries.book import Book, from_content

PAGE = 12
MOST_COMING = 12
_MOST_KEPT = 2_000
#: Versions are never changed once written, so one that was read stays good.
_read_before: OrderedDict[tuple[UUID, UUID], Book] = OrderedDict()
#: Workspace and day -> the catalogue's count, and the version that was then in force.
_in_force: OrderedDict[tuple[UUID, date], tuple[int, UUID | None]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version without its prices, for a list. `replaced`: a newer one begins on the same day."""

    id: UUID
    version_no: int
    valid_from: date
    created_at: datetime
    saved_by: str | None
    replaced: bool


def book_on(day: date) -> Book | None:
    """The version in force on a day: of those that began by then the latest, the newer one when two began together.

    None while the workspace has no price book. At most two statements; none while the catalogue stands as it did when
    this process asked about that day before.
    """
    here, count = (current_workspace_id(), day), catalogue.told()
    known = _in_force.get(here)
    if count is not None and known is not None and known[0] == count:
        return get_book(known[1]) if known[1] is not None else None
    found = _asked(day)
    if count is not None:
        _in_force[here] = (count, found)
        if len(_in_force) > _MOST_KEPT:
            _in_force.popitem(last=False)
    return get_book(found) if found is not None else None


def book_shown(day: date, at: datetime) -> Book | None:
    """The version that a page which was made at the moment `at` of a day told prices from: one that was written since
    was not there yet. One statement more than `book_on` where that is so.
    """
    book = book_on(day)
    if book is None or book.written_at is None or book.written_at <= at:
        return book
    found = _asked(day, written_by=at)
    return get_book(found) if found is not None else None


def _asked(day: date, written_by: datetime | None = None) -> UUID | None:
    query = select(PriceBook.id).where(PriceBook.workspace_id == current_workspace_id(), PriceBook.valid_from <= day)
    if written_by is not None:
        query = query.where(PriceBook.created_at <= written_by)
    newest = query.order_by(PriceBook.valid_from.desc(), PriceBook.version_no.desc()).limit(1)
    return db.session.execute(newest).scalar_one_or_none()


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
    book = from_content(
        row.content, id=row.id, version_no=row.version_no, valid_from=row.valid_from, written_at=row.created_at
    )
    _read_before[key] = book
    if len(_read_before) > _MOST_KEPT:
        _read_before.popitem(last=False)
    return book


def latest_version() -> VersionLine | None:
    """The version that was saved last, whenever it begins."""
    return next(iter(versions(limit=1)), None)


def versions(*, before: int | None = None, limit: int = PAGE) -> list[VersionLine]:
    """Versions from the newest down, those with a lower number than `before`."""
    wanted = _lines().order_by(PriceBook.version_no.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(PriceBook.version_no < before)
    return [VersionLine(*row) for row in db.session.execute(wanted)]


def coming_versions(today: date) -> list[VersionLine]:
    """Versions that begin later than today, the next one first; at most MOST_COMING."""
    wanted = _lines().where(PriceBook.valid_from > today)
    rows = db.session.execute(wanted.order_by(PriceBook.valid_from, PriceBook.version_no).limit(MOST_COMING))
    return [line for line in (VersionLine(*row) for row in rows) if not line.replaced]


def version_line(book_id: UUID) -> VersionLine | None:
    """One version's line."""
    row = db.session.execute(_lines().where(PriceBook.id == book_id)).one_or_none()
    return VersionLine(*row) if row else None


def _lines() -> Select:
    newer = aliased(PriceBook)
    is_replaced = (
        select(newer.id)
        .where(
            newer.workspace_id == PriceBook.workspace_id,
            newer.valid_from == PriceBook.valid_from,
            newer.version_no > PriceBook.version_no,
        )
        .exists()
    )
    return (
        select(
            PriceBook.id, PriceBook.version_no, PriceBook.valid_from, PriceBook.created_at, User.name, is_replaced
        )
        .outerjoin(User, User.id == PriceBook.created_by)
        .where(PriceBook.workspace_id == current_workspace_id())
    )  # fmt: skip
