"""One transfer: how it stands, what was handed over or sent, what came back, and what else there was of its lead."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.models import Transfer, TransferBatch, TransferCall
from app.squeegee.queries.calls import MAKING
from app.squeegee.queries.history import TransferFilter, TransferRow, history
from app.squeegee.queries.reading import waiting_work

_BY, _SETTLED_BY = aliased(User), aliased(User)


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
    rung: str | None = None


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One transfer with all that is known of it.

    `next_try_at`: when it goes on by itself; None if it does not. `handed`: label and value of each thing that sheet or
    file held. `others`: the lead's other transfers, newest first. `may_take_back`: it can be said that it is not there.
    """

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
    settled_by: str
    quote_ids: dict[str, str]
    batch: TransferBatch | None
    position: int | None
    handed: list[tuple[str, str]]
    remark: str
    others: list[TransferRow]
    postcode: str = ""
    may_take_back: bool = False

    noun = "transfer"

    @property
    def doubtful(self) -> CallView | None:
        """The call of which nobody knows whether Squeegee took it."""
        open_ones = [call for call in self.calls if call.outcome in ("begun", "unclear") and call.step in MAKING]
        return open_ones[-1] if open_ones else None

    @property
    def doubtful_step(self) -> str:
        """Its step."""
        return self.doubtful.step if self.doubtful else "customer"

    @property
    def may_retry(self) -> bool:
        """Whether a person may start it again: it stopped, and nothing will go on by itself."""
        stopped = self.state in ("pending", "running") and self.next_try_at is None
        return self.method == "api" and (self.state in ("failed", "partial") or stopped)

    @property
    def may_cancel(self) -> bool:
        """Whether it can be called off."""
        return self.state in ("pending", "partial", "uncertain")

    @property
    def batch_id(self) -> UUID | None:
        """The file that it is a row of."""
        return self.batch.id if self.batch else None

    @property
    def is_in_a_file(self) -> bool:
        """Whether it waits, in a file, for somebody to say what became of it."""
        return self.batch is not None and self.state == "pending"


def transfer_page(transfer_id: UUID, *, with_bodies: bool) -> TransferPage:
    """One transfer; `with_bodies` opens what was sent and what came back. Raises NotFound."""
    here = current_workspace_id()
    found = db.session.execute(_whole().where(Transfer.workspace_id == here, Transfer.id == transfer_id)).one_or_none()
    if found is None:
        raise NotFound
    transfer, number, booked_for, contact_id, name, batch, by, settled_by, place = found
    calls = db.session.scalars(
        select(TransferCall)
        .where(TransferCall.workspace_id == here, TransferCall.transfer_id == transfer.id)
        .order_by(TransferCall.begun_at, TransferCall.id)
    )
    waiting = waiting_work(transfer.id) if transfer.batch_id is None else None
    return TransferPage(
        id=transfer.id, lead_id=transfer.lead_id, number=number,
        name=cipher().open(name, "contacts", "name_sealed", contact_id), method=transfer.method,
        state=transfer.state, error=transfer.error, customer_id=transfer.customer_id, job_id=transfer.job_id,
        first_date=transfer.first_service_date, booked_for=booked_for, retries=transfer.retries,
        by=by or "Sill", settled_by=settled_by or "",
        created_at=transfer.created_at, completed_at=transfer.completed_at,
        next_try_at=waiting.run_at if waiting else None, calls=[_call(call, with_bodies) for call in calls],
        quote_ids=dict(transfer.quote_ids), batch=batch, position=transfer.batch_position,
        handed=_handed(transfer) if with_bodies else [], remark=(transfer.remark or "") if with_bodies else "",
        others=_others(transfer), postcode=place.postcode or "", may_take_back=transfer.is_a_persons_word,
    )  # fmt: skip


def _whole() -> Select[Any]:
    """Transfers with all that one's own page says of them."""
    return (
        select(
            Transfer,
            Lead.number,
            Lead.first_service_date,
            Contact.id,
            Contact.name_sealed,
            TransferBatch,
            _BY.name,
            _SETTLED_BY.name,
            Property,
        )
        .join(Lead, (Lead.workspace_id == Transfer.workspace_id) & (Lead.id == Transfer.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .outerjoin(
            TransferBatch,
            (TransferBatch.workspace_id == Transfer.workspace_id) & (TransferBatch.id == Transfer.batch_id),
        )
        .outerjoin(_BY, _BY.id == Transfer.created_by)
        .outerjoin(_SETTLED_BY, _SETTLED_BY.id == Transfer.settled_by)
    )


def _handed(transfer: Transfer) -> list[tuple[str, str]]:
    return [(label, value) for label, value in json.loads(transfer.handed)] if transfer.handed else []


def _others(transfer: Transfer) -> list[TransferRow]:
    rows, _ = history(TransferFilter(lead_id=transfer.lead_id))
    return [row for row in rows if row.id != transfer.id]


def _call(call: TransferCall, with_bodies: bool) -> CallView:
    return CallView(
        step=call.step, outcome=call.outcome, status=call.status, begun_at=call.begun_at,
        finished_at=call.finished_at, request=call.request if with_bodies else None,
        answer=call.answer if with_bodies else None, rung=call.rung,
    )  # fmt: skip
