"""The history of transfers: narrowed by how they stand, by way, person, day and lead; newest first, by keyset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, tuple_, union_all

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.models import Transfer
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace

PAGE = 25
#: What people narrow to: key -> its words and the states it stands for.
STANDINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "under_way": ("Under way", ("pending", "running")),
    "uncertain": ("Needs a look", ("uncertain",)),
    "failed": ("Failed", ("failed",)),
    "partial": ("Half done", ("partial",)),
    "success": ("In Squeegee", ("success",)),
    "cancelled": ("Called off", ("cancelled",)),
}
#: Counting stops there: more is said as "1,000+".
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """What the history is narrowed to; blank narrows nothing. Days are the workspace's own, both inclusive."""

    status: str = ""
    method: str = ""
    by: UUID | None = None
    since: date | None = None
    until: date | None = None
    lead_id: UUID | None = None

    def as_query(self, **other: Any) -> dict[str, str]:
        """The filter as it stands in an address, with other values in their place."""
        said = {
            "status": self.status, "method": self.method, "by": self.by, "from": self.since, "to": self.until,
            "lead": self.lead_id, **other,
        }  # fmt: skip
        return {name: str(value) for name, value in said.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.as_query())


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One line of the list. `by`: who started it."""

    id: UUID
    lead_id: UUID
    number: str
    name: str
    method: str
    state: str
    error: str | None
    batch_id: UUID | None
    by: str
    created_at: datetime

    noun = "transfer"

    @property
    def is_open(self) -> bool:
        """Whether a person may try it again or call it off, as far as a list can know."""
        return self.state in ("pending", "partial", "uncertain") or (self.state == "failed" and self.method == "api")


def history(wanted: TransferFilter, cursor: str | None = None) -> tuple[list[TransferRow], str | None]:
    """A page of transfers, newest first, and the cursor of the next page, if there is one."""
    listed = f"transfers:{sorted(wanted.as_query().items())}"
    query = (
        select(
            Transfer.id, Transfer.lead_id, Lead.number, Contact.id, Contact.name_sealed, Transfer.method,
            Transfer.state, Transfer.error, Transfer.batch_id, User.name, Transfer.created_at,
        )
        .join(Lead, (Lead.workspace_id == Transfer.workspace_id) & (Lead.id == Transfer.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .outerjoin(User, User.id == Transfer.created_by)
        .where(*_conditions(wanted), *_in_states(wanted.status))
        .order_by(Transfer.created_at.desc(), Transfer.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    after = read_cursor(cursor, listed)
    if after:
        query = query.where(tuple_(Transfer.created_at, Transfer.id) < tuple_(*after))
    opener = cipher()
    rows = [
        TransferRow(row[0], row[1], row[2], opener.open(row[4], "contacts", "name_sealed", row[3]), *row[5:9],
                    by=row[9] or "Sill", created_at=row[10])
        for row in db.session.execute(query)
    ]  # fmt: skip
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1]
    return rows[:PAGE], make_cursor([last.created_at, last.id], listed)


def recent(cursor: str | None = None) -> tuple[list[TransferRow], str | None]:
    """A page of all transfers, newest first."""
    return history(TransferFilter(), cursor)


def standings(wanted: TransferFilter) -> dict[str, int]:
    """How many transfers stand how, within all the rest of a filter; counted up to MOST_COUNTED of each."""
    conditions = _conditions(wanted)
    parts = [
        select(literal(key), func.count()).select_from(
            select(Transfer.id).where(*conditions, *_in_states(key)).limit(MOST_COUNTED).subquery()
        )
        for key in STANDINGS
    ]
    return dict(map(tuple, db.session.execute(union_all(*parts))))


def people() -> list[tuple[UUID, str]]:
    """Everybody who may have started a transfer, also those who have left, by name."""
    rows = db.session.execute(
        select(Membership.user_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == current_workspace_id(), Membership.role.not_in(("crew", "viewer")))
        .order_by(User.name, Membership.user_id)
    )
    return [(user_id, name) for user_id, name in rows]


def _in_states(status: str) -> Sequence[ColumnElement[bool]]:
    states = STANDINGS[status][1] if status in STANDINGS else ()
    return [Transfer.state.in_([fixed(state) for state in states])] if states else []


def _conditions(wanted: TransferFilter) -> list[ColumnElement[bool]]:
    found = [Transfer.workspace_id == current_workspace_id()]
    if wanted.method:
        found.append(Transfer.method == wanted.method)
    if wanted.by:
        found.append(Transfer.created_by == wanted.by)
    if wanted.lead_id:
        found.append(Transfer.lead_id == wanted.lead_id)
    if wanted.since:
        found.append(Transfer.created_at >= _midnight(wanted.since))
    if wanted.until:
        found.append(Transfer.created_at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), current_workspace().clock().zone).astimezone(UTC)
