"""The calls of a transfer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.squeegee.models import Transfer, TransferCall

#: Steps that make something; the others only ask.
MAKING = ("customer", "job", "quote")


def doubtful_call(transfer_id: UUID) -> TransferCall | None:
    """The latest call that may have made something although nobody here knows."""
    return db.session.scalars(
        select(TransferCall)
        .where(
            TransferCall.workspace_id == current_workspace_id(), TransferCall.transfer_id == transfer_id,
            TransferCall.step.in_(MAKING), TransferCall.outcome.in_(("begun", "unclear")),
        )
        .order_by(TransferCall.begun_at.desc(), TransferCall.id.desc())
        .limit(1)
    ).first()  # fmt: skip


def call_is_under_way(since: datetime) -> bool:
    """Whether a call of any transfer of the workspace that began since then has not ended."""
    here = current_workspace_id()
    return bool(
        db.session.scalar(
            select(TransferCall.id)
            .join(
                Transfer,
                (Transfer.workspace_id == TransferCall.workspace_id) & (Transfer.id == TransferCall.transfer_id),
            )
            .where(
                Transfer.workspace_id == here, Transfer.state == "running", TransferCall.workspace_id == here,
                TransferCall.outcome == "begun", TransferCall.begun_at >= since,
            )
            .limit(1)
        )
    )  # fmt: skip
