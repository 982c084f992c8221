"""Files of leads for Squeegee: all of them, and one with its rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select, tuple_

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.loading import load_one
from app.core.models import fixed, one_among
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.models import Transfer, TransferBatch

PAGE = 20
ROWS = 40
#: What the rows of a file are looked at by: key -> words and states.
STANDINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "waiting": ("Waiting", ("pending", "running")),
    "entered": ("In Squeegee", ("success",)),
    "not_taken": ("Not taken", ("failed",)),
    "out": ("Taken out", ("cancelled",)),
}


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One file in the list. `tally`: rows by standing; `gone`: rows whose lead has been deleted since."""

    id: UUID
    format: str
    state: str
    total: int
    by: str
    created_at: datetime
    tally: Mapping[str, int]

    noun = "batch"

    @property
    def gone(self) -> int:
        """Rows whose leads were deleted, or are not this reader's to see."""
        return max(0, self.total - sum(self.tally.values()))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row. `remark`: why it was not taken; `by` and `at`: who said how it went, and when."""

    id: UUID
    lead_id: UUID
    position: int
    number: str
    name: str
    place: str
    state: str
    customer_id: str | None
    remark: str
    by: str
    at: datetime | None

    noun = "row"

    @property
    def standing(self) -> str:
        """One of STANDINGS."""
        return next((key for key, (_, states) in STANDINGS.items() if self.state in states), "waiting")

    @property
    def words(self) -> str:
        """How it stands."""
        return "Being noted" if self.state == "running" else STANDINGS[self.standing][0]


def get_batch(batch_id: UUID, *, lock: bool = False) -> TransferBatch:
    """A file. Raises NotFound. `lock` comes before any lock of its rows."""
    query = select(TransferBatch).where(
        TransferBatch.workspace_id == current_workspace_id(), TransferBatch.id == batch_id
    )
    return load_one(query, lock=lock)


def batch_line(batch: TransferBatch) -> BatchLine:
    """One file with its figures."""
    by = db.session.scalar(select(User.name).where(User.id == batch.created_by)) if batch.created_by else None
    return _line(batch, by, _tallies([batch.id]).get(batch.id, {}))


def batches(cursor: str | None = None) -> tuple[list[BatchLine], str | None]:
    """A page of files, newest first, and the cursor of the next page, if there is one."""
    query = (
        select(TransferBatch, User.name)
        .outerjoin(User, User.id == TransferBatch.created_by)
        .where(TransferBatch.workspace_id == current_workspace_id())
        .order_by(TransferBatch.created_at.desc(), TransferBatch.id.desc())
        .limit(PAGE + 1)
    )
    after = read_cursor(cursor, "batches")
    if after:
        query = query.where(tuple_(TransferBatch.created_at, TransferBatch.id) < tuple_(*after))
    found = db.session.execute(query).all()
    tallies = _tallies([batch.id for batch, _ in found[:PAGE]])
    lines = [_line(batch, by, tallies.get(batch.id, {})) for batch, by in found[:PAGE]]
    last = lines[-1] if len(found) > PAGE else None
    return lines, make_cursor([last.created_at, last.id], "batches") if last else None


def rows(batch_id: UUID, standing: str = "", after: int = 0, most: int = ROWS) -> list[BatchRow]:
    """Rows of a file after a position, in order; of one standing or of all."""
    query = _rows(batch_id).where(Transfer.batch_position > after).limit(most)
    if standing in STANDINGS:
        query = query.where(Transfer.state.in_([fixed(state) for state in STANDINGS[standing][1]]))
    return [_row(transfer, number, contact, place, by) for transfer, number, contact, place, by in _run(query)]


def handed_rows(batch_id: UUID) -> list[list[str]]:
    """The cells of each row as they were handed over, in order; without what was taken out since."""
    found = db.session.execute(
        select(Transfer.id, Transfer.handed_sealed)
        .where(
            Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == batch_id,
            Transfer.state != fixed("cancelled"),
        )
        .order_by(Transfer.batch_position)
    )  # fmt: skip
    opener = cipher()
    return [
        [value for _, value in json.loads(opener.open(blob, "transfers", "handed_sealed", row_id))]
        for row_id, blob in found
    ]


def is_over(batch_id: UUID) -> bool:
    """Whether no row of a file waits any more, also of those that the scope does not see."""
    with acting_in(current_workspace_id()):
        waiting = select(Transfer.id).where(
            Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == batch_id,
            Transfer.state.in_([fixed("pending"), fixed("running")]),
        )  # fmt: skip
        return not db.session.scalar(select(exists(waiting)))


def _tallies(batch_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    found = db.session.execute(
        select(Transfer.batch_id, Transfer.state, func.count())
        .where(Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == one_among(batch_ids))
        .group_by(Transfer.batch_id, Transfer.state)
    )
    tallies: dict[UUID, dict[str, int]] = {}
    for batch_id, state, number in found:
        tally = tallies.setdefault(batch_id, dict.fromkeys(STANDINGS, 0))
        for key, (_, states) in STANDINGS.items():
            tally[key] += number if state in states else 0
    return tallies


def _line(batch: TransferBatch, by: str | None, tally: Mapping[str, int]) -> BatchLine:
    return BatchLine(
        batch.id, batch.format, batch.state, batch.total, by or "Sill", batch.created_at,
        tally or dict.fromkeys(STANDINGS, 0),
    )  # fmt: skip


def _rows(batch_id: UUID) -> Select:
    return (
        select(Transfer, Lead.number, Contact, Property, User.name)
        .join(Lead, (Lead.workspace_id == Transfer.workspace_id) & (Lead.id == Transfer.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .outerjoin(User, User.id == Transfer.settled_by)
        .where(Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == batch_id)
        .order_by(Transfer.batch_position)
    )


def _run(query: Select) -> Sequence:
    return db.session.execute(query).all()


def _row(transfer: Transfer, number: str, contact: Contact, place: Property, by: str | None) -> BatchRow:
    return BatchRow(
        id=transfer.id, lead_id=transfer.lead_id, position=transfer.batch_position or 0, number=number,
        name=contact.name, place=place.address, state=transfer.state, customer_id=transfer.customer_id,
        remark=transfer.remark or "", by=by or "", at=transfer.completed_at,
    )  # fmt: skip
