"""Taking leads out of a file again: they wait to be handed over as before."""

from uuid import UUID

from sqlalchemy import select

from app.activities.services import Entry, record_entries
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.fragments import topic
from app.core.models import fixed
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.services import locked_leads
from app.squeegee.models import Transfer, TransferBatch
from app.squeegee.queries.batches import batch_line, get_batch, is_over
from app.squeegee.queries.reading import get_transfer
from app.squeegee.services.batches.telling import close_if_over, tell_batch
from app.squeegee.services.settling import cancel
from app.squeegee.services.states import TOPIC


def call_off(transfer_id: UUID, actor: Actor) -> Transfer:
    """Call a transfer off, by whatever way it was to go. Raises Conflict when that can't be (any more)."""
    batch_id = get_transfer(transfer_id).batch_id
    if batch_id is None:
        return cancel(transfer_id, actor)
    batch = get_batch(batch_id, lock=True)  # before its rows, as everywhere
    transfer = cancel(transfer_id, actor)
    transfer.settled_by = actor.user_id
    db.session.flush()
    close_if_over(batch, actor)
    return transfer


def take_out(batch_id: UUID, transfer_ids: list[UUID], actor: Actor) -> int:
    """Take rows that still wait out of a file. Returns how many."""
    batch = get_batch(batch_id, lock=True)
    taken = _take_out(batch, actor, transfer_ids)
    close_if_over(batch, actor)
    return taken


def cancel_batch(batch_id: UUID, actor: Actor) -> int:
    """Take back a whole file: every row that still waits is free again; what was said of others stays.

    Returns how many were freed. Raises Conflict when no row waits any more.
    """
    batch = get_batch(batch_id, lock=True)
    if batch.state != "open":
        raise Conflict("Nothing of this file waits any more.")
    taken = _take_out(batch, actor, None)
    tell_batch("batch.cancelled", batch, actor, {"rows": taken})
    if not _was_used(batch) and is_over(batch.id):
        batch.state, batch.completed_at = "cancelled", utcnow()
        db.session.flush()
    else:
        close_if_over(batch, actor)
    return taken


def _was_used(batch: TransferBatch) -> bool:
    """Whether anything was said of a row before, also of rows that the scope does not see."""
    with acting_in(batch.workspace_id):
        tally = batch_line(batch).tally
    return bool(tally["entered"] or tally["not_taken"])


def _take_out(batch: TransferBatch, actor: Actor, among: list[UUID] | None) -> int:
    query = select(Transfer).where(
        Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == batch.id,
        Transfer.state == fixed("pending"),
    )  # fmt: skip
    if among is not None:
        query = query.where(Transfer.id.in_(among))
    rows = list(
        db.session.scalars(
            query.order_by(Transfer.batch_position).with_for_update().execution_options(populate_existing=True)
        )
    )
    now = utcnow()
    for row in rows:
        row.state, row.completed_at, row.settled_by = "cancelled", now, actor.user_id
    db.session.flush()
    leads = {lead.id: lead for lead in locked_leads([row.lead_id for row in rows])}
    lines = [
        Entry(
            lead=leads[row.lead_id], actor=actor, subject_id=row.id,
            data={"transfer_id": str(row.id), "method": row.method, "batch_id": str(batch.id)},
        )
        for row in rows
    ]  # fmt: skip
    if lines:
        record_entries(lines, "transfer", "transfer.cancelled", topics=(TOPIC, topic("batch", batch.id)))
    return len(rows)
