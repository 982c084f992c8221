"""Transfers as they are listed, and one of them with every call that was made."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.models import Transfer, TransferCall
from app.squeegee.queries.reading import get_transfer, waiting_work

PAGE = 25


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One line of the list."""

    id: UUID
    lead_id: UUID
    number: str
    name: str
    method: str
    state: str
    error: str | None
    created_at: datetime

    noun = "transfer"


@dataclass(frozen=True, slots=True)
class CallView:
    """One call. `request` and `answer` are None for those who may not read them."""

    step: str
    outcome: str
    status: int | None
    begun_at: datetime
    finished_at: datetime | None
    request: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One transfer with all that is known of it. `next_try_at`: when it goes on by itself; None if it does not."""

    id: UUID
    lead_id: UUID
    number: str
    name: str
    method: str
    state: str
    error: str | None
    customer_id: str | None
    job_id: str | None
    first_date: date | None
    booked_for: date | None
    retries: int
    by: str
    created_at: datetime
    completed_at: datetime | None
    next_try_at: datetime | None
    calls: list[CallView]

    noun = "transfer"

    @property
    def doubtful_step(self) -> str:
        """The step of which nobody knows whether Squeegee took it."""
        doubtful = [call.step for call in self.calls if call.outcome in ("begun", "unclear")]
        return doubtful[-1] if doubtful else "customer"

    @property
    def may_retry(self) -> bool:
        """Whether a person may start it again: it stopped, and nothing will go on by itself."""
        stopped = self.state in ("pending", "running") and self.next_try_at is None
        return self.method == "api" and (self.state in ("failed", "partial") or stopped)

    @property
    def may_cancel(self) -> bool:
        """Whether it can be called off."""
        return self.state in ("pending", "partial", "uncertain")


def recent(cursor: str | None = None) -> tuple[list[TransferRow], str | None]:
    """A page of transfers, newest first, and the cursor of the next page, if there is one."""
    query = (
        select(
            Transfer.id, Transfer.lead_id, Lead.number, Contact.id, Contact.name_sealed, Transfer.method,
            Transfer.state, Transfer.error, Transfer.created_at,
        )
        .join(Lead, (Lead.workspace_id == Transfer.workspace_id) & (Lead.id == Transfer.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(Transfer.workspace_id == current_workspace_id())
        .order_by(Transfer.created_at.desc(), Transfer.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    after = read_cursor(cursor, "transfers")
    if after:
        query = query.where(tuple_(Transfer.created_at, Transfer.id) < tuple_(*after))
    opener = cipher()
    rows = [
        TransferRow(
            id=row[0], lead_id=row[1], number=row[2], name=opener.open(row[4], "contacts", "name_sealed", row[3]),
            method=row[5], state=row[6], error=row[7], created_at=row[8],
        )
        for row in db.session.execute(query)
    ]
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1]
    return rows[:PAGE], make_cursor([last.created_at, last.id], "transfers")


def transfer_page(transfer_id: UUID, *, with_bodies: bool) -> TransferPage:
    """One transfer; `with_bodies` opens what was sent and what came back. Raises NotFound."""
    transfer = get_transfer(transfer_id)
    here = current_workspace_id()
    lead = db.session.get(Lead, (here, transfer.lead_id))
    assert lead is not None  # the foreign key sees to it, and the transfer is seen only with its lead
    calls = db.session.scalars(
        select(TransferCall)
        .where(TransferCall.workspace_id == here, TransferCall.transfer_id == transfer.id)
        .order_by(TransferCall.begun_at, TransferCall.id)
    )
    waiting = waiting_work(transfer.id)
    by = db.session.scalar(select(User.name).where(User.id == transfer.created_by)) if transfer.created_by else None
    return TransferPage(
        id=transfer.id, lead_id=lead.id, number=lead.number, name=lead.contact.name, method=transfer.method,
        state=transfer.state, error=transfer.error, customer_id=transfer.customer_id, job_id=transfer.job_id,
        first_date=transfer.first_service_date, booked_for=lead.first_service_date, retries=transfer.retries,
        by=by or "Sill", created_at=transfer.created_at, completed_at=transfer.completed_at,
        next_try_at=waiting.run_at if waiting else None, calls=[_call(call, with_bodies) for call in calls],
    )  # fmt: skip


def _call(call: TransferCall, with_bodies: bool) -> CallView:
    return CallView(
        step=call.step, outcome=call.outcome, status=call.status, begun_at=call.begun_at,
        finished_at=call.finished_at, request=call.request if with_bodies else None,
        answer=call.answer if with_bodies else None,
    )  # fmt: skip
