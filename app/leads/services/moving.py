"""Moving a lead to another stage, or to another place in its column."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.activities.models import Activity
from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.live import announce
from app.core.models import fixed
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.services.ranking import rank_between
from app.leads.services.reading import get_lead, get_stage, get_stage_name
from app.leads.services.returning import REASONS, checked_return, return_date
from app.workspaces.queries import current_workspace, today_here

#: For so long the mover may take a move back.
UNDO = timedelta(seconds=30)
#: What the database says of a stage that was retired (migration 0016).
_IN_USE = "the stage is retired"
#: The stage whose leads come back one day.
DECLINED = "declined"


def move_to_stage(
    lead_id: UUID,
    to_stage_id: UUID,
    actor: Actor,
    *,
    from_stage_id: UUID | None = None,
    above_id: UUID | None = None,
    below_id: UUID | None = None,
    reason: str = "",
    reason_key: str | None = None,
    returns_on: date | bool | None = True,
    stops_messages: bool = False,
) -> Lead:
    """Move a lead; `above_id` and `below_id` are the cards it was dropped between.

    `from_stage_id` is where the mover saw it: if it has left meanwhile, or was put away, Conflict is raised and nothing
    changes, so that of several movers at once exactly one wins and the others are told. Moving inside a stage only
    changes the order.
    Into "declined" `reason_key` (of returning.REASONS) says why, and `returns_on` when it comes back: a day, None for
    never, True for the reason's own rule. `stops_messages` takes back what waits to be sent. Raises NotFound, Invalid.
    """
    lead = get_lead(lead_id, lock=True)
    target = get_stage(to_stage_id)
    if from_stage_id is not None and lead.stage_id != from_stage_id:
        raise Conflict(f"{lead.number} was moved to {get_stage_name(lead.stage_id)} meanwhile. Nothing was changed.")
    if from_stage_id is not None and lead.shelf != "desk":
        raise Conflict(f"{lead.number} lies in the {lead.shelf} by now. Put it back on the desk first.")
    before = _before(lead)
    lead.rank = rank_between(target.id, above_id, below_id)
    if lead.stage_id == target.id:
        db.session.flush()
        announce({topic("stage", lead.stage_id)})
        return lead
    farewell = _say_farewell(lead, target, reason_key, returns_on)
    stops = {"stops_messages": True} if stops_messages else {}
    _change_stage(lead, target, actor, reason, {**before, **farewell, **stops})
    return lead


def take_back(
    lead_id: UUID, actor: Actor, *, within: timedelta | None = UNDO, from_stage_id: UUID | None = None
) -> Lead:  # fmt: skip
    """Undo one's last move of a lead: it stands where it stood, with what was planned there.

    Raises NotFound, or Conflict when it was moved by another since, or longer ago than `within` (None: never too long),
    or not out of `from_stage_id`, when that is given: then it is a later move.
    """
    lead = get_lead(lead_id, lock=True)
    last = last_change(lead)
    is_later = last is not None and from_stage_id not in (None, last.from_stage_id)
    if last is None or last.from_stage_id is None or last.actor_id != actor.user_id or is_later:
        raise Conflict(f"{lead.number} has been moved by someone else since, so it stays where it is.")
    if within is not None and utcnow() - last.at > within:
        raise Conflict("Undo is there for 30 seconds. Move the card back instead.")
    before = _told(last)
    if before.get("undoes"):  # pressed twice, or sent again since its answer was lost
        raise Conflict(f"{lead.number} is back where it was already.")
    target = get_stage(last.from_stage_id)
    _say_farewell(lead, target, None, None)
    lead.rank = before.get("from_rank", lead.rank)
    lead.decline_reason = before.get("from_reason") or lead.decline_reason
    if before.get("from_returns_on"):
        lead.returns_on = date.fromisoformat(before["from_returns_on"])
    stopped = {"stopped_messages": True} if before.get("stops_messages") else {}
    since = before.get("from_entered_at")  # as if it had never left; moves of before this was kept lack it
    _change_stage(
        lead, target, actor, "", {"undoes": str(last.id), **stopped},
        entered_at=datetime.fromisoformat(since) if since else None,
    )  # fmt: skip
    return lead


def _say_farewell(lead: Lead, target: Stage, reason_key: str | None, returns_on: date | bool | None) -> dict[str, str]:
    """Keep why the lead was lost and when it returns, or forget both when it comes back; what the timeline says."""
    if target.key != DECLINED:
        lead.decline_reason = lead.returns_on = None
        return {}
    if reason_key is None:
        return {}
    if reason_key not in REASONS:
        raise Invalid({"reason_key": "Choose the reason that comes nearest."})
    if isinstance(returns_on, bool):
        returns_on = return_date(reason_key, today_here(), current_workspace().price_review_month)
    lead.decline_reason, lead.returns_on = reason_key, checked_return(returns_on, today_here())
    told = {"reason_key": reason_key}
    return told | ({"returns_on": lead.returns_on.isoformat()} if lead.returns_on else {})


def _before(lead: Lead) -> dict[str, Any]:
    """What taking the move back would have to restore."""
    found: dict[str, Any] = {"from_rank": lead.rank, "from_entered_at": lead.stage_entered_at.isoformat()}
    if lead.decline_reason:
        found["from_reason"] = lead.decline_reason
    if lead.returns_on:
        found["from_returns_on"] = lead.returns_on.isoformat()
    return found


def _change_stage(
    lead: Lead, target: Stage, actor: Actor, reason: str, told: dict[str, Any], *, entered_at: datetime | None = None
) -> None:
    now = utcnow()
    change = StageChange(
        lead_id=lead.id, from_stage_id=lead.stage_id, to_stage_id=target.id, from_name=get_stage_name(lead.stage_id),
        to_name=target.name, actor_kind=actor.kind, actor_id=actor.user_id, reason=reason.strip() or None,
        seconds_in_stage=_seconds(lead, now), at=now,
    )  # fmt: skip
    db.session.add(change)
    lead.stage_id, lead.stage_entered_at = target.id, entered_at or now
    lead.updated_at = lead.last_activity_at = now
    _flush(target.name)
    record_activity(
        lead, "stage_changed", "lead.stage_changed", actor, body=change.reason, at=now,
        data={
            "from": change.from_name, "to": change.to_name, "from_stage_id": str(change.from_stage_id),
            "stage_id": str(target.id), "stage_key": target.key, "stage_change_id": str(change.id),
            "seconds_in_stage": change.seconds_in_stage, **told,
        },
        topics=(topic("stage", change.from_stage_id), "board"),
    )  # fmt: skip


def _flush(stage_name: str) -> None:
    """Write the move. Raises Conflict where its stage, known from memory, was retired meanwhile."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if _IN_USE not in str(error.orig):
            raise
        raise Conflict(f"{stage_name} was retired meanwhile. Nothing was changed; choose another stage.") from None


def _told(change: StageChange) -> dict[str, Any]:
    """What the timeline keeps of a move."""
    return (
        db.session.scalars(
            select(Activity.data).where(
                Activity.workspace_id == change.workspace_id, Activity.lead_id == change.lead_id,
                Activity.at == change.at, Activity.kind == fixed("stage_changed"),
            )
        ).first()
        or {}
    )  # fmt: skip


def _seconds(lead: Lead, now: datetime) -> int:
    return max(0, int((now - lead.stage_entered_at).total_seconds()))


def last_change(lead: Lead) -> StageChange | None:
    """The move since which the lead stands where it is."""
    return db.session.scalars(
        select(StageChange)
        .where(StageChange.workspace_id == lead.workspace_id, StageChange.lead_id == lead.id)
        .order_by(StageChange.at.desc(), StageChange.id.desc())
        .limit(1)
    ).first()


def tell_return_set(lead: Lead, actor: Actor) -> None:
    """Say that a day was set, changed or taken away on which the lead comes back, apart from a move."""
    change = last_change(lead)
    if change is None:
        return
    told = {
        "stage_change_id": str(change.id), "reason_key": lead.decline_reason,
        "returns_on": lead.returns_on.isoformat() if lead.returns_on else None,
    }  # fmt: skip
    publish(Event("lead.return_set", lead.workspace_id, actor, "lead", lead.id, lead_id=lead.id, data=told))
