"""Moving a lead to another stage, or to another place in its column."""

import time
from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.fragments import topic
from app.core.live import announce
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.services.reading import get_lead, get_stage

#: Room between two neighbours that arrived a second apart: thirty halvings before ranks meet.
_STEP = 1_000_000_000


def top_rank() -> int:
    """The rank that puts a card above all that came before. Lower ranks stand higher."""
    return -time.time_ns()


def move_to_stage(
    lead_id: UUID,
    to_stage_id: UUID,
    actor: Actor,
    *,
    from_stage_id: UUID | None = None,
    above_id: UUID | None = None,
    below_id: UUID | None = None,
    reason: str = "",
) -> Lead:
    """Move a lead; `above_id` and `below_id` are the cards it was dropped between.

    `from_stage_id` is where the mover saw it: if it has left meanwhile, Conflict is raised and nothing changes, so that
    of several movers at once exactly one wins and the others are told. Moving inside a stage only changes the order.
    """
    lead = get_lead(lead_id, lock=True)
    target = get_stage(to_stage_id)
    if from_stage_id is not None and lead.stage_id != from_stage_id:
        raise Conflict(f"{lead.number} was moved to {get_stage_name(lead.stage_id)} meanwhile. Nothing was changed.")
    lead.rank = _rank_between(target.id, above_id, below_id)
    if lead.stage_id == target.id:
        db.session.flush()
        _announce_order(lead)
        return lead
    now = utcnow()
    change = StageChange(
        lead_id=lead.id, from_stage_id=lead.stage_id, to_stage_id=target.id, from_name=get_stage_name(lead.stage_id),
        to_name=target.name, actor_kind=actor.kind, actor_id=actor.user_id, reason=reason.strip() or None,
        seconds_in_stage=max(0, int((now - lead.stage_entered_at).total_seconds())), at=now,
    )  # fmt: skip
    db.session.add(change)
    lead.stage_id, lead.stage_entered_at = target.id, now
    lead.updated_at = lead.last_activity_at = now
    db.session.flush()
    record_activity(
        lead, "stage_changed", "lead.stage_changed", actor, body=change.reason, at=now,
        data={
            "from": change.from_name, "to": change.to_name, "from_stage_id": str(change.from_stage_id),
            "stage_id": str(target.id), "stage_key": target.key, "stage_change_id": str(change.id),
            "seconds_in_stage": change.seconds_in_stage,
        },
        topics=(topic("stage", change.from_stage_id), "board"),
    )  # fmt: skip
    return lead


def get_stage_name(stage_id: UUID) -> str:
    """The present name of a stage, also of a retired one."""
    with db.session.no_autoflush:
        return db.session.get_one(Stage, (current_workspace_id(), stage_id)).name


def _rank_between(stage_id: UUID, above_id: UUID | None, below_id: UUID | None) -> int:
    """A rank between two neighbours; on top when there are none. Ranks that meet fall back to the order of ids."""
    wanted = [lead_id for lead_id in (above_id, below_id) if lead_id]
    if not wanted:
        return top_rank()
    rows = db.session.execute(
        select(Lead.id, Lead.rank).where(
            Lead.workspace_id == current_workspace_id(), Lead.stage_id == stage_id, Lead.id.in_(wanted)
        )
    )
    ranks = {row.id: row.rank for row in rows}
    above, below = ranks.get(above_id), ranks.get(below_id)  # type: ignore[arg-type]
    if above is not None and below is not None:
        return (above + below) // 2
    if above is not None:
        return above + _STEP
    return below - _STEP if below is not None else top_rank()


def _announce_order(lead: Lead) -> None:
    announce({topic("stage", lead.stage_id)})
