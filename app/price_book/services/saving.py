"""Saving the price book. A version is written once; what changes later is another version."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.price_book.models import PriceBook
from app.price_book.queries import Book, book_on, to_content
from app.price_book.queries.faults import faults
from app.price_book.queries.versions import latest_version
from app.workspaces.queries import current_workspace, today_here

FURTHEST = timedelta(days=731)
_STALE = "Someone else saved prices while you had them open. Look at both, then save again to keep yours."


def save_book(book: Book, valid_from: date, seen: str, actor: Actor) -> Book | None:
    """Keep `book` as the next version, in force from `valid_from` on, today or later. Publishes prices.saved. None
    where these are the prices of that day already.

    `seen` is the id of the newest version that the writer knew, "" for none: Conflict is raised when there is a newer
    one. Raises Invalid for a book that can't be right (see queries.faults), naming the fields, and for the day.
    """
    errors = dict(faults(book, current_workspace().currency))
    if not today_here() <= valid_from <= today_here() + FURTHEST:
        errors["valid_from"] = "Choose today or a later day, within two years."
    if errors:
        raise Invalid(errors)
    _wait_for_our_turn()
    latest = latest_version()
    if str(latest.id if latest else "") != seen:
        raise Conflict(_STALE, latest=latest)
    stands = book_on(valid_from)
    if stands is not None and to_content(stands) == to_content(book):
        return None
    return store_version(book, valid_from, latest.version_no + 1 if latest else 1, actor)


def withdraw_book(book_id: UUID, actor: Actor) -> int:
    """Take back a version that has not begun. Returns its number; publishes prices.withdrawn.

    Raises NotFound, and Conflict once it is in force or something was priced by it.
    """
    _wait_for_our_turn()
    book = db.session.get(PriceBook, (current_workspace_id(), book_id))
    if book is None:
        raise NotFound
    if book.valid_from <= today_here():
        raise Conflict("These prices are in force already, or have been. Save new ones instead.")
    number, day = book.version_no, book.valid_from
    try:
        with db.session.begin_nested():
            db.session.delete(book)
    except IntegrityError:
        raise Conflict("A quote was taken from these prices, so they stay.") from None
    _tell("prices.withdrawn", book_id, number, day, actor)
    return number


def store_version(book: Book, valid_from: date, version_no: int, actor: Actor, at: datetime | None = None) -> Book:
    """Write a version as it is, whatever its day, saved now or `at`: the part of saving that asks nothing."""
    row = PriceBook(
        id=new_id(), version_no=version_no, valid_from=valid_from, content=to_content(book), created_by=actor.user_id,
        created_at=at or utcnow(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _tell("prices.saved", row.id, version_no, valid_from, actor)
    return replace(book, id=row.id, version_no=version_no, valid_from=valid_from)


def _wait_for_our_turn() -> None:
    """Two people who save at once come one after the other, also when there is no version to lock yet."""
    workspace = current_workspace()
    db.session.refresh(workspace, ["version"], with_for_update={"key_share": True})


def _tell(name: str, book_id: UUID, number: int, valid_from: date, actor: Actor) -> None:
    publish(
        Event(
            name, current_workspace_id(), actor, "price_book", book_id,
            data={"version_no": number, "valid_from": valid_from.isoformat()},
        )
    )  # fmt: skip
