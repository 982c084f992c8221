"""A file of bookings, looked at before anything changes: which leads it speaks of and what it would do to each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.contacts.models import Contact
from app.core.errors import Invalid
from app.core.keyring import cipher
from app.core.spreadsheets.reading import read_table
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.queries.reading import is_given_up
from app.workspaces.queries import today_here

#: Rows that a file may have, changes that are taken in at once, lines of each kind that the page lists.
MOST_ROWS, MOST_TAKEN, MOST_LISTED = 5_000, 200, 40
_AT_ONCE = 1_000
#: What a first clean may be from today, as when somebody types it.
_EARLIEST, _LATEST = timedelta(days=-366), timedelta(days=730)
_REFERENCES = ("our reference", "reference", "cust ref", "customer ref", "ref", "lead", "lead number", "number")
_IDS = ("customer id", "squeegee id", "squeegee customer id", "customerid", "id")
_DATES = (
    "first service date", "first clean", "first date", "first visit", "start date", "first due", "booked for",
    "booking date", "date",
)  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?")
_WORDS = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3})[a-z]*,? (\d{4}|\d{2})", re.I)


@dataclass(frozen=True, slots=True)
class BookingLine:
    """One line and what it would do. `what`: book, differs, same, unknown (no such lead) or unreadable (no date)."""

    position: int
    said: str
    what: str
    theirs: date | None = None
    customer_id: str | None = None
    lead_id: UUID | None = None
    number: str = ""
    name: str = ""
    ours: date | None = None


@dataclass(frozen=True, slots=True)
class BookingFile:
    """What a file would do, line by line; lines without reference or date are left out and counted as `blank`."""

    lines: list[BookingLine]
    blank: int
    notes: tuple[str, ...]

    def of(self, what: str) -> list[BookingLine]:
        """The lines that would do this."""
        return [line for line in self.lines if line.what == what]

    @property
    def to_take(self) -> list[BookingLine]:
        """The first lines that say something new."""
        return [line for line in self.lines if line.what in ("book", "differs")][:MOST_TAKEN]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns name the lead, which the customer in Squeegee, and which the day."""

    references: list[int]
    ids: list[int]
    day: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What one line says: whom it speaks of, the surest first, the day as written, the customer's id in Squeegee."""

    position: int
    said: list[str]
    day: str
    customer_id: str | None

    @classmethod
    def of(cls, position: int, cells: Sequence[str], columns: _Columns) -> "_Read":
        """Read a row of the table."""
        ids = [cells[each].strip()[:100] for each in columns.ids if cells[each].strip()]
        said = [cells[each].strip()[:100] for each in columns.references if cells[each].strip()]
        return cls(position, [*said, *ids], cells[columns.day].strip(), ids[0] if ids else None)


def look_at(content: bytes, name: str, *, reference_title: str = "", date_title: str = "") -> BookingFile:
    """What a file would do. A blank title is looked for among the usual ones.

    Raises Invalid for what is no table, and naming `reference_title` or `date_title` when a column is not found.
    """
    table = read_table(content, name, most_rows=MOST_ROWS)
    columns = _columns(table.header, reference_title, date_title)
    read = [_Read.of(position, cells, columns) for position, cells in table.rows]
    told = [each for each in read if each.said and each.day]
    known = _leads_of(sorted({text for each in told for text in each.said}))
    return BookingFile([_line(each, known) for each in told], len(read) - len(told), table.notes)


def read_day(text: str) -> date | None:
    """A day as British tables write it: 2026-12-08, 08/12/2026, 8.12.26 or 8 Dec 2026, a time after it or not."""
    text = " ".join(text.split())
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _BRITISH.fullmatch(text):
        day, month, year = found.groups()
    elif found := _WORDS.fullmatch(text):
        day, month, year = found.groups()
        month = str(_MONTHS.index(month.lower()) + 1) if month.lower() in _MONTHS else "0"
    else:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _columns(header: Sequence[str], reference_title: str, date_title: str) -> _Columns:
    titles = {_plain(title): at for at, title in reversed([*enumerate(header)])}

    def find(wanted: str, usual: Sequence[str]) -> list[int]:
        return [titles[key] for key in ([_plain(wanted)] if wanted.strip() else usual) if key in titles]

    references, days = find(reference_title, _REFERENCES), find(date_title, _DATES)
    ids = [] if reference_title.strip() else find("", _IDS)
    there = "The file has: " + ", ".join(title[:40] for title in header[:12]) + "."
    errors = {}
    if not references and not ids:
        errors["reference_title"] = f"Which column holds our reference or Squeegee’s id? {there}"
    if not days:
        errors["date_title"] = f"Which column holds the date of the first clean? {there}"
    if errors:
        raise Invalid(errors)
    return _Columns(references, ids, days[0])


def _plain(title: str) -> str:
    """A title as titles are compared: words alone, small."""
    return " ".join(re.split(r"[\W_]+", title.casefold())).strip()


def _leads_of(said: Sequence[str]) -> dict[str, Any]:
    """Number, or id in Squeegee, to the lead; an id that several leads have names none."""
    found: dict[str, Any] = {}
    for begin in range(0, len(said), _AT_ONCE):
        some = said[begin : begin + _AT_ONCE]
        query = (
            select(
                Lead.id, Lead.number, Lead.squeegee_customer_id, Lead.first_service_date, Lead.booking_confirmed_at,
                Lead.shelf, Lead.stage_id, Contact.id.label("contact_id"), Contact.name_sealed,
            )
            .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
            .where(
                Lead.workspace_id == current_workspace_id(),
                or_(Lead.number.in_(some), Lead.squeegee_customer_id.in_(some)),
            )
        )  # fmt: skip
        for row in db.session.execute(query):
            found[row.number] = row
            if row.squeegee_customer_id:
                key = row.squeegee_customer_id
                found[key] = None if key in found and found[key] is not row else row
    return found


def _line(read: _Read, known: dict[str, Any]) -> BookingLine:
    row = next((known[each] for each in read.said if known.get(each) is not None), None)
    if row is None:
        return BookingLine(read.position, read.said[0], "unknown")
    about = {
        "lead_id": row.id, "number": row.number, "ours": row.first_service_date, "customer_id": read.customer_id,
        "name": cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id),
    }  # fmt: skip
    theirs = read_day(read.day)
    if theirs is None or not _EARLIEST <= theirs - today_here() <= _LATEST:
        return BookingLine(read.position, read.day[:40], "unreadable", **about)
    if row.booking_confirmed_at is None:
        what = "differs" if is_given_up(row.shelf, row.stage_id) else "book"
    else:
        what = "same" if theirs == row.first_service_date else "differs"
    return BookingLine(read.position, read.said[0], what, theirs, **about)
