"""What a move plans besides the stage's rules: the return of a lead that nobody works on until a day."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import or_, select

from app.core.clock import utcnow
from app.core.events import Event
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services.next_act import refresh_next_act
from app.followups.services.resting import WHY as SHELVED
from app.followups.services.resting import put_to_rest
from app.leads.services import REASONS, get_lead
from app.workspaces.queries import current_workspace

#: What the task is for, so that it is found again when the day changes.
RETURN_KEY = "ask_again"
_ASK_AGAIN = "Ask again"
_TITLES = (_ASK_AGAIN, *(reason.task for reason in REASONS.values() if reason.task))


def plan_return(event: Event) -> None:
    """The reaction to a day on which a lead comes back, set, changed or taken away: a task for when the office opens.

    It belongs to the move since which the lead stands where it is, so that it is off when the lead comes back sooner.
    Where the lead is put away it rests until that is back.
    """
    if event.lead_id is None or "returns_on" not in event.data:
        return
    # What an earlier move had planned is off already.
    task = _planned_for(event.lead_id) if event.name == "lead.return_set" else None
    due_at = _opening(event.data["returns_on"])
    if due_at is None:
        if task is None:
            return
        task.state, task.why, task.finished_at = "cancelled", "undone", utcnow()
    elif task is not None:
        task.due_at = due_at
    else:
        reason = REASONS.get(str(event.data.get("reason_key")))
        db.session.add(
            FollowUp(
                lead_id=event.lead_id, stage_change_id=UUID(str(event.data["stage_change_id"])), kind="task",
                step_key=RETURN_KEY, title=(reason.task if reason else "") or _ASK_AGAIN, due_at=due_at,
                state="planned",
            )
        )  # fmt: skip
        if get_lead(event.lead_id).shelf != "desk":
            db.session.flush()
            put_to_rest([event.lead_id])
    refresh_next_act(event.lead_id)


def _planned_for(lead_id: UUID) -> FollowUp | None:
    """The lead's task of this kind that is still to be done, or rests; those of earlier days are known by their titles.
    """
    rests = (FollowUp.state == fixed("cancelled")) & (FollowUp.why == SHELVED)
    query = select(FollowUp).where(
        FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead_id,
        or_(FollowUp.state == fixed("planned"), rests), FollowUp.kind == fixed("task"),
        FollowUp.enrolment_id.is_(None),
        or_(
            FollowUp.step_key == RETURN_KEY,
            FollowUp.step_key.is_(None) & FollowUp.stage_change_id.is_not(None) & FollowUp.title.in_(_TITLES),
        ),
    )  # fmt: skip
    return db.session.scalars(query.order_by(FollowUp.due_at).limit(1).with_for_update()).first()


def _opening(day: object) -> datetime | None:
    if day is None:
        return None
    clock = current_workspace().clock()
    return clock.next_open(datetime.combine(date.fromisoformat(str(day)), time(), clock.zone).astimezone(UTC))
