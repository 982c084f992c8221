"""News of bookings: what waits for a person, and what became of the rest."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.loading import load_one
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.models import BookingNews

#: Differences that the queue shows, and lines of one page of the history.
MOST_SHOWN, PAGE = 30, 25


SOURCES = {"webhook": "by message", "file": "by file"}
STATES = {  # state: words, tone of the badge
    "applied": ("Booked", "good"),
    "same": ("Said the same", ""),
    "differs": ("Differs", "warn"),
    "taken": ("Moved to it", "good"),
    "dismissed": ("Kept ours", ""),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One date that Squeegee's side named, where it came from and when."""

    id: UUID
    date: date
    source: str
    at: datetime

    @property
    def source_words(self) -> str:
        """How it came."""
        return SOURCES[self.source]


@dataclass(frozen=True, slots=True)
class Difference:
    """A lead of which Squeegee says another first clean than we do. `said`: each date once, the latest news first."""

    lead_id: UUID
    number: str
    name: str
    ours: date | None
    said: list[Said] = field(default_factory=list)

    noun = "news"

    @property
    def id(self) -> UUID:
        """What its element is named by: there is one for a lead."""
        return self.lead_id


@dataclass(frozen=True, slots=True)
class Differences:
    """What waits for a person. `has_more`: there is more than is shown."""

    rows: list[Difference]
    has_more: bool


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One line of the history. `by`: who decided, "" where nobody had to."""

    id: UUID
    lead_id: UUID
    number: str
    name: str
    source: str
    state: str
    theirs: date
    before: date | None
    by: str
    created_at: datetime


def differences() -> Differences:
    """What differs in the workspace in scope, as far as its viewer sees the leads; the latest news first."""
    newest = (BookingNews.created_at.desc(), BookingNews.id.desc())
    rows = db.session.execute(_waiting().order_by(*newest).limit(MOST_SHOWN + 1)).all()
    return Differences(_by_lead(rows[:MOST_SHOWN]), len(rows) > MOST_SHOWN)


def difference_of(lead_id: UUID) -> Difference | None:
    """What differs about one lead."""
    newest = (BookingNews.created_at.desc(), BookingNews.id.desc())
    rows = db.session.execute(_waiting().where(BookingNews.lead_id == lead_id).order_by(*newest).limit(MOST_SHOWN))
    return next(iter(_by_lead(rows.all())), None)


def lead_of_news(news_id: UUID) -> UUID:
    """The lead that news is about. Raises NotFound."""
    here = current_workspace_id()
    return load_one(select(BookingNews).where(BookingNews.workspace_id == here, BookingNews.id == news_id)).lead_id


def news_history(cursor: str | None = None) -> tuple[list[NewsLine], str | None]:
    """A page of all news, newest first, and the cursor of the next page, if there is one."""
    query = (
        _with_lead(BookingNews.state, BookingNews.date_before, User.name.label("by"))
        .outerjoin(User, User.id == BookingNews.decided_by)
        .order_by(BookingNews.created_at.desc(), BookingNews.id.desc())
        .limit(PAGE + 1)
    )
    after = read_cursor(cursor, "booking-news")
    if after:
        query = query.where(tuple_(BookingNews.created_at, BookingNews.id) < tuple_(*after))
    rows = db.session.execute(query).all()
    found = [
        NewsLine(
            row.id, row.lead_id, row.number, _name(row), row.source, row.state, row.first_service_date,
            row.date_before, row.by or "", row.created_at,
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    if len(rows) <= PAGE:
        return found, None
    return found, make_cursor([found[-1].created_at, found[-1].id], "booking-news")


def _waiting() -> Select[Any]:
    return _with_lead(Lead.first_service_date.label("ours")).where(BookingNews.state == fixed("differs"))


def _with_lead(*more: Any) -> Select[Any]:
    return (
        select(
            BookingNews.id, BookingNews.lead_id, BookingNews.first_service_date, BookingNews.source,
            BookingNews.created_at, Lead.number, Contact.id.label("contact_id"), Contact.name_sealed, *more,
        )
        .select_from(BookingNews)
        .join(Lead, (Lead.workspace_id == BookingNews.workspace_id) & (Lead.id == BookingNews.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(BookingNews.workspace_id == current_workspace_id())
    )  # fmt: skip


def _by_lead(rows: Any) -> list[Difference]:
    found: dict[UUID, Difference] = {}
    for row in rows:
        each = found.get(row.lead_id)
        if each is None:
            each = found[row.lead_id] = Difference(row.lead_id, row.number, _name(row), row.ours)
        if row.first_service_date not in [said.date for said in each.said]:
            each.said.append(Said(row.id, row.first_service_date, row.source, row.created_at))
    return list(found.values())


def _name(row: Any) -> str:
    return cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id)
