"""Ringing when a lead is due again: on the day that its reason or a person set, when the office opens."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select

from app.activities.models import Activity
from app.core import outbox
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.models import fixed
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, StageChange
from app.leads.services import DECLINED, get_stage
from app.notifications.services.reacting import responsible
from app.notifications.services.telling import notify
from app.workspaces.queries import current_workspace, today_here

RETURN = "lead.return"


def plan_ringing(event: Event) -> None:
    """The reaction to the day on which a lead comes back, set, changed or taken away: work for then, and only then."""
    if event.lead_id is None or "returns_on" not in event.data:
        return
    if event.name == "lead.return_set":
        changes = select(StageChange.id).where(
            StageChange.workspace_id == current_workspace_id(), StageChange.lead_id == event.lead_id
        )
        outbox.cancel(RETURN, list(db.session.scalars(changes)))
    if event.data["returns_on"] is not None:
        _enqueue(UUID(str(event.data["stage_change_id"])), date.fromisoformat(str(event.data["returns_on"])))


def tell_return(stage_change_id: UUID) -> None:
    """Tell the lead's owner, or the managers where it is nobody's, that a lead is due again where this move put it.

    Nobody is told when the lead has moved or was put away meanwhile; a later day that was set since is waited for. One
    that came back and was lost again is told for the last time it was.
    """
    change = db.session.get(StageChange, (current_workspace_id(), stage_change_id))
    lead = db.session.get(Lead, (current_workspace_id(), change.lead_id)) if change else None
    if change is None or lead is None or lead.shelf != "desk" or lead.stage_id != change.to_stage_id:
        return
    if lead.returns_on is None or _was_lost_again(change):
        return
    if lead.returns_on > today_here():
        _enqueue(stage_change_id, lead.returns_on)
        return
    was_lost = get_stage(lead.stage_id).key == DECLINED
    for user_id in responsible(lead):
        notify(user_id, "lead_returned", lead=lead, data={"was_lost": was_lost})
    if not was_lost:
        return
    publish(
        Event(
            "lead.return_due", lead.workspace_id, SYSTEM, "lead", lead.id, lead_id=lead.id,
            data={"stage_change_id": str(stage_change_id)},
        )
    )  # fmt: skip


def _was_lost_again(change: StageChange) -> bool:
    """Whether the lead was moved to the same stage later. An undone move back is none: it goes on as it was."""
    query = select(Activity.id).where(
        Activity.workspace_id == change.workspace_id, Activity.lead_id == change.lead_id, Activity.at > change.at,
        Activity.kind == fixed("stage_changed"), Activity.data["stage_id"].astext == str(change.to_stage_id),
        ~Activity.data.has_key("undoes"),
    )  # fmt: skip
    return db.session.execute(query.limit(1)).first() is not None


def _enqueue(stage_change_id: UUID, day: date) -> None:
    clock = current_workspace().clock()
    opens = clock.next_open(datetime.combine(day, time(), clock.zone).astimezone(UTC))
    outbox.enqueue(RETURN, stage_change_id, dedupe_key=str(new_id()), run_at=opens)
