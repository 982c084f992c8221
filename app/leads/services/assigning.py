"""Sharing out new leads among the members who take them: in turn, by area, or to whoever has the fewest open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.accounts.models import User
from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageCounter
from app.workspaces.models import Membership, Workspace

_WORKERS = ("owner", "admin", "manager", "sales")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who gets a lead and why: `why` is turn, area or load."""

    user_id: UUID
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class _Taker:
    user_id: UUID
    name: str
    districts: list[str]
    last_assigned_at: datetime | None


def choose_owner(workspace: Workspace, district: str | None) -> Assignment | None:
    """Whose turn it is to take a new lead from `district`, or None when leads are not shared out or nobody takes it.

    The takers' rows stay locked until the commit, so that leads which come in at the same moment are shared fairly.
    By area, a member takes the districts that are written beside their name; members without any take the rest.
    """
    if workspace.assignment_mode == "off":
        return None
    takers = _takers()
    why = "turn"
    if workspace.assignment_mode == "area":
        local = [taker for taker in takers if district and district in taker.districts]
        why = "area" if local else "turn"
        takers = local or [taker for taker in takers if not taker.districts]
    open_leads: dict[UUID, int] = {}
    if workspace.assignment_mode == "load" and takers:
        open_leads, why = _open_leads(), "load"
    if not takers:
        return None
    chosen = min(takers, key=lambda taker: (open_leads.get(taker.user_id, 0), *_turn(taker)))
    db.session.execute(
        update(Membership)
        .where(Membership.workspace_id == workspace.id, Membership.user_id == chosen.user_id)
        .values(last_assigned_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    return Assignment(chosen.user_id, chosen.name, why)


def tell_assignment(lead: Lead, assignment: Assignment) -> None:
    """Write into the timeline who got the lead by itself and why; the bell rings by that event."""
    record_activity(
        lead, "fact_changed", "lead.assigned", SYSTEM, at=lead.created_at,
        data={"fact": "owner", "was": "", "now": str(assignment.user_id), "now_name": assignment.name,
              "why": assignment.why, "district": lead.district},
    )  # fmt: skip


def _turn(taker: _Taker) -> tuple[float, str]:
    """Who waited longest comes first, who never had one before all."""
    return (taker.last_assigned_at.timestamp() if taker.last_assigned_at else 0.0, str(taker.user_id))


def _takers() -> list[_Taker]:
    rows = db.session.execute(
        select(Membership.user_id, User.name, Membership.districts, Membership.last_assigned_at)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == current_workspace_id(),
            Membership.takes_leads,
            Membership.deactivated_at.is_(None),
            Membership.role.in_(_WORKERS),
        )
        .order_by(Membership.id)
        .with_for_update(of=Membership, key_share=True)
    )
    return [_Taker(*row) for row in rows]


def _open_leads() -> dict[UUID, int]:
    """How many leads in unfinished stages each member has, from the kept counts."""
    rows = db.session.execute(
        select(StageCounter.owner_key, func.sum(StageCounter.leads))
        .join(Stage, (Stage.workspace_id == StageCounter.workspace_id) & (Stage.id == StageCounter.stage_id))
        .where(StageCounter.workspace_id == current_workspace_id(), ~Stage.is_final)
        .group_by(StageCounter.owner_key)
    )
    return {owner: int(leads) for owner, leads in rows}
