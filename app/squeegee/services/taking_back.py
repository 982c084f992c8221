"""A person said that a lead is in Squeegee, and was wrong: it waits to be handed over again."""

from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity, set_quietly
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, move_to_stage, stage_by_key
from app.squeegee.models import BookingNews, Transfer
from app.squeegee.queries.batches import get_batch
from app.squeegee.queries.reading import AFTER, READY, get_transfer
from app.squeegee.services.states import TOPIC


def take_back(transfer_id: UUID, actor: Actor) -> Transfer:
    """What was entered by hand, from a sheet or a file, is not in Squeegee after all: as if it had not been said.

    The lead loses the id and the booking that were noted with it, and goes back to those that are ready. What it was
    told or planned meanwhile stays. Raises Conflict for what Squeegee itself has answered or confirmed.
    """
    batch_id = get_transfer(transfer_id).batch_id
    if batch_id is not None:
        get_batch(batch_id, lock=True)  # before its rows, as everywhere
    transfer = get_transfer(transfer_id, lock=True)
    if not transfer.is_a_persons_word:
        raise Conflict("This transfer has moved on meanwhile. Reload to see how it stands.")
    lead = get_lead(transfer.lead_id, lock=True)
    if _was_confirmed(transfer):
        raise Conflict(f"Squeegee has told the first clean of {lead.number} since: it is there.")
    transfer.state, transfer.settled_by, transfer.completed_at = "cancelled", actor.user_id, utcnow()
    db.session.flush()
    _forget(lead, transfer)
    batch = {"batch_id": str(batch_id)} if batch_id else {}
    record_activity(
        lead, "transfer", "transfer.taken_back", actor, subject_id=transfer.id,
        data={"transfer_id": str(transfer.id), "method": transfer.method} | batch,
        topics=(TOPIC, *((topic("batch", batch_id),) if batch_id else ())),
    )  # fmt: skip
    if lead.stage_id in {stage_by_key(key).id for key in AFTER}:
        move_to_stage(lead.id, stage_by_key(READY).id, actor)
    return transfer


def _was_confirmed(transfer: Transfer) -> bool:
    """Whether Squeegee's side has spoken of the lead since it was noted as entered."""
    query = select(BookingNews.id).where(
        BookingNews.workspace_id == transfer.workspace_id, BookingNews.lead_id == transfer.lead_id,
        BookingNews.created_at >= transfer.created_at,
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def _forget(lead: Lead, transfer: Transfer) -> None:
    """A customer whom Squeegee itself has made for the lead, when it was first handed over by the API, is there yet."""
    made = db.session.scalar(
        select(Transfer.customer_id)
        .where(
            Transfer.workspace_id == lead.workspace_id, Transfer.lead_id == lead.id, Transfer.method == "api",
            Transfer.customer_id.is_not(None),
        )
        .order_by(Transfer.created_at.desc(), Transfer.id.desc())
        .limit(1)
    )  # fmt: skip
    set_quietly(
        lead,
        {
            "squeegee_customer_id": made, "transferred_at": None, "booking_confirmed_at": None,
            "first_service_date": None,
        },
    )  # fmt: skip
