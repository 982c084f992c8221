"""What a move plans besides the stage's rules: the return of a lost lead, and what an undone move had called off."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, null, select, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event
from app.core.ids import new_id
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import AUTOMATIC
from app.followups.services.laying_out import DUE
from app.followups.services.next_act import refresh_next_act
from app.followups.services.pausing import RESUME
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
    undone_id, undoing_id = UUID(str(event.data["undoes"])), UUID(str(event.data["stage_change_id"]))
    here = current_workspace_id()
    undone_at = (
        select(StageChange.at).where(StageChange.workspace_id == here, StageChange.id == undone_id).scalar_subquery()
    )
    ended_by_it = and_(
        Enrolment.workspace_id == here, Enrolment.lead_id == event.lead_id, Enrolment.state == "stopped",
        Enrolment.why == "left_stage", Enrolment.stage_change_id.is_distinct_from(undone_id),
        Enrolment.ended_at >= undone_at,
    )  # fmt: skip
    _revive_enrolments(ended_by_it, undoing_id)
    revived = db.session.execute(
        update(FollowUp)
        .where(
            FollowUp.workspace_id == here, FollowUp.lead_id == event.lead_id, FollowUp.state == "cancelled",
            FollowUp.why == "left_stage", FollowUp.stage_change_id.is_distinct_from(undone_id),
            FollowUp.finished_at >= undone_at,
        )
        .values(
            state="planned", why=None, finished_at=None, version=FollowUp.version + 1, **_now_of(FollowUp, undoing_id)
        )
        .returning(FollowUp.id, FollowUp.kind, FollowUp.due_at)
        .execution_options(synchronize_session="fetch")
    ).all()  # fmt: skip
    for row in revived:
        if row.kind in AUTOMATIC:
            outbox.enqueue(DUE, row.id, dedupe_key=f"{row.id}/{undoing_id}", run_at=max(row.due_at, utcnow()))
    refresh_next_act(event.lead_id)


def _revive_enrolments(which: ColumnElement[bool], undoing_id: UUID) -> None:
    """What was under way is so again; what rested goes on resting, until its day."""
    back = db.session.execute(
        update(Enrolment)
        .where(which)
        .values(
            state=case((Enrolment.paused_at.is_not(None), "paused"), else_="active"),
            why=case((Enrolment.paused_at.is_not(None), "by_person"), else_=null()),
            ended_at=None, version=Enrolment.version + 1, **_now_of(Enrolment, undoing_id),
        )
        .returning(Enrolment.id, Enrolment.paused_until)
        .execution_options(synchronize_session="fetch")
    ).all()  # fmt: skip
    for row in back:
        if row.paused_until is not None:
            outbox.enqueue(RESUME, row.id, dedupe_key=str(new_id()), run_at=max(row.paused_until, utcnow()))


def _now_of(model: Any, undoing_id: UUID) -> dict[str, Any]:
    """What a move had planned belongs to the move that undid the other; what was begun by hand to none."""
    return {"stage_change_id": case((model.stage_change_id.is_not(None), undoing_id), else_=null())}
