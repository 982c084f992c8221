"""Ringing when a lost lead is due again: on the day its reason set, when the office opens."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from app.core import outbox
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, StageChange
from app.notifications.services.reacting import responsible
from app.notifications.services.telling import notify
from app.workspaces.queries import current_workspace, today_here

RETURN = "lead.return"


def plan_ringing(event: Event) -> None:
    """The reaction to a lead that was lost until a day: work for then."""
    if event.lead_id is not None and "returns_on" in event.data:
        _enqueue(UUID(str(event.data["stage_change_id"])), date.fromisoformat(str(event.data["returns_on"])))


def tell_return(stage_change_id: UUID) -> None:
    """Tell the lead's owner, or the managers where it is nobody's, that a lead lost by this move is due again.

    Nobody is told when the lead has moved or was put away meanwhile; a later day that was set since is waited for.
    """
    change = db.session.get(StageChange, (current_workspace_id(), stage_change_id))
    lead = db.session.get(Lead, (current_workspace_id(), change.lead_id)) if change else None
    if change is None or lead is None or lead.shelf != "desk" or lead.stage_id != change.to_stage_id:
        return
    if lead.returns_on is None:
        return
    if lead.returns_on > today_here():
        _enqueue(stage_change_id, lead.returns_on)
        return
    for user_id in responsible(lead):
        notify(user_id, "lead_returned", lead=lead)
    publish(
        Event(
            "lead.return_due", lead.workspace_id, SYSTEM, "lead", lead.id, lead_id=lead.id,
            data={"stage_change_id": str(stage_change_id)},
        )
    )  # fmt: skip


def _enqueue(stage_change_id: UUID, day: date) -> None:
    clock = current_workspace().clock()
    opens = clock.next_open(datetime.combine(day, time(), clock.zone).astimezone(UTC))
    outbox.enqueue(RETURN, stage_change_id, dedupe_key=str(new_id()), run_at=opens)
