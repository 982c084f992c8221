"""Which rows of a file stand in Squeegee's last export, as comparing it has found beyond doubt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import Discrepancy, SqueegeeCustomer, SqueegeeExport
from app.squeegee.models import Transfer, TransferBatch


@dataclass(frozen=True, slots=True)
class InExport:
    """What the last export says of a file's waiting rows.

    `at`: when it was brought in, None before the first; `is_newer`: after the file was made, so that what is not in it
    was not there. `found`: rows beyond doubt; `perhaps`: rows that a person must look at.
    """

    at: datetime | None
    is_newer: bool
    found: int
    perhaps: int


def in_the_export(batch: TransferBatch) -> InExport:
    """The figures for one file, by two statements."""
    here = current_workspace_id()
    at = db.session.scalar(
        select(SqueegeeExport.created_at)
        .where(SqueegeeExport.workspace_id == here, SqueegeeExport.state == fixed("done"))
        .order_by(SqueegeeExport.created_at.desc(), SqueegeeExport.id.desc())
        .limit(1)
    )
    if at is None:
        return InExport(None, False, 0, 0)
    matched = _matched(batch.id, func.count(Transfer.id.distinct())).scalar_subquery()
    perhaps = select(func.count()).where(*_waiting(batch.id), _is_perhaps()).scalar_subquery()
    found, unsure = db.session.execute(select(matched, perhaps)).one()
    return InExport(at, at >= batch.created_at, found, unsure)


def found_in_export(batch_id: UUID) -> dict[UUID, str]:
    """Waiting rows that stand in the last export beyond doubt, with their references there."""
    opener = cipher()
    rows = db.session.execute(_matched(batch_id, Transfer.id, SqueegeeCustomer.id, SqueegeeCustomer.ref_sealed))
    return {
        row_id: opener.open(ref, "squeegee_customers", "ref_sealed", customer_id) if ref else ""
        for row_id, customer_id, ref in rows
    }


def _waiting(batch_id: UUID) -> tuple[Any, ...]:
    here = current_workspace_id()
    return Transfer.workspace_id == here, Transfer.batch_id == batch_id, Transfer.state == fixed("pending")


def _matched(batch_id: UUID, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Transfer)
        .join(
            SqueegeeCustomer,
            (SqueegeeCustomer.workspace_id == Transfer.workspace_id)
            & (SqueegeeCustomer.lead_id == Transfer.lead_id)
            & SqueegeeCustomer.gone_at.is_(None),
        )
        .where(*_waiting(batch_id))
    )


def _is_perhaps() -> Any:
    return exists().where(
        Discrepancy.workspace_id == Transfer.workspace_id, Discrepancy.lead_id == Transfer.lead_id,
        Discrepancy.kind == fixed("perhaps"), Discrepancy.state == fixed("open"),
    )  # fmt: skip
