"""The calls of a transfer."""

from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.squeegee.models import TransferCall

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
