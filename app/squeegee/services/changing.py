"""A customer who is in Squeegee already agreed to something else: a person changes it there, and says so here."""

from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity
from app.core.errors import Conflict, NotFound
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.services import get_lead, get_stage, move_to_stage, stage_by_key
from app.squeegee.mapping import Agreed
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import AFTER, READY, agreed_of, get_transfer, open_transfer
from app.squeegee.services.states import TOPIC


def note_changed(lead_id: UUID, seen: str, actor: Actor) -> Transfer:
    """Squeegee says what was agreed now: keep that, and let the lead go on in the stage that it was in before.

    `seen` is `Agreed.mark` of what the person was shown. Raises Conflict when that has changed meanwhile, or when the
    lead waits for no change (any more); NotFound.
    """
    lead = get_lead(lead_id)
    standing = open_transfer(lead.id)
    if standing is None:
        raise Conflict(f"{lead.number} is not in Squeegee yet: hand it over first.")
    transfer = get_transfer(standing.id, lock=True)  # before the lead, as everywhere
    lead = get_lead(lead_id, lock=True)
    ready = stage_by_key(READY)
    if transfer.state != "success" or lead.stage_id != ready.id:
        raise Conflict(f"{lead.number} has moved on meanwhile: nothing of it waits to be changed in Squeegee.")
    now, held = agreed_of(lead), Agreed.read(transfer.holds)
    if seen != now.mark:
        raise Conflict(f"Something else is agreed by now: {now.words}. Change that in Squeegee, then say so again.")
    transfer.holds = now.kept
    db.session.flush()
    record_activity(
        lead, "transfer", "transfer.changed", actor, subject_id=transfer.id,
        data={"transfer_id": str(transfer.id), "method": transfer.method, "was": held.words if held else "",
              "now": now.words},
        topics=(TOPIC,),
    )  # fmt: skip
    move_to_stage(lead.id, _stage_before(lead, ready).id, actor, from_stage_id=ready.id)
    return transfer


def _stage_before(lead: Lead, ready: Stage) -> Stage:
    """Where the lead stood among those that are in Squeegee when something else was agreed; else the first of them."""
    from_id = db.session.scalar(
        select(StageChange.from_stage_id)
        .where(
            StageChange.workspace_id == lead.workspace_id, StageChange.lead_id == lead.id,
            StageChange.to_stage_id == ready.id,
        )
        .order_by(StageChange.at.desc(), StageChange.id.desc())
        .limit(1)
    )  # fmt: skip
    try:
        before = get_stage(from_id) if from_id else None
    except NotFound:
        before = None  # it was retired since
    if before is not None and before.key in AFTER:
        return before
    return stage_by_key("booking_confirmed" if lead.booking_confirmed_at else AFTER[0])
