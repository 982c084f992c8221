"""What a move plans besides the stage's rules: the return of a lost lead, and what an undone move had called off."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services.planning import DUE, MESSAGES, refresh_next_act
from app.leads.models import StageChange
from app.leads.services import REASONS
from app.workspaces.queries import current_workspace

_ASK_AGAIN = "Ask again"


def plan_return(event: Event) -> None:
    """The reaction to a lead being declined with a day to come back: a task for when the office opens that day.

    It belongs to the move, so that it is off when the lead comes back sooner.
    """
    if event.lead_id is None or "returns_on" not in event.data:
        return
    clock = current_workspace().clock()
    day = date.fromisoformat(str(event.data["returns_on"]))
    opens = clock.next_open(datetime.combine(day, time(), clock.zone).astimezone(UTC))
    reason = REASONS.get(str(event.data.get("reason_key")))
    db.session.add(
        FollowUp(
            lead_id=event.lead_id, stage_change_id=UUID(str(event.data["stage_change_id"])), kind="task",
            title=(reason.task if reason else "") or _ASK_AGAIN, due_at=opens, state="planned",
        )
    )  # fmt: skip
    refresh_next_act(event.lead_id)


def restore_planned(event: Event) -> None:
    """The reaction to a move being undone: what it had called off is planned again, as it was.

    It now belongs to the move that undid the other.
    """
    if event.lead_id is None or "undoes" not in event.data:
        return
    here, undone_id = current_workspace_id(), UUID(str(event.data["undoes"]))
    undoing_id = UUID(str(event.data["stage_change_id"]))
    undone_at = select(StageChange.at).where(StageChange.workspace_id == here, StageChange.id == undone_id)
    revived = db.session.execute(
        update(FollowUp)
        .where(
            FollowUp.workspace_id == here, FollowUp.lead_id == event.lead_id, FollowUp.state == "cancelled",
            FollowUp.why == "left_stage", FollowUp.stage_change_id != undone_id,
            FollowUp.finished_at >= undone_at.scalar_subquery(),
        )
        .values(state="planned", why=None, finished_at=None, stage_change_id=undoing_id, version=FollowUp.version + 1)
        .returning(FollowUp.id, FollowUp.kind, FollowUp.due_at)
        .execution_options(synchronize_session="fetch")
    ).all()  # fmt: skip
    for row in revived:
        if row.kind in MESSAGES:
            outbox.enqueue(DUE, row.id, dedupe_key=f"{row.id}/{undoing_id}", run_at=max(row.due_at, utcnow()))
    refresh_next_act(event.lead_id)
