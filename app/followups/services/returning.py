"""What a move plans besides the stage's rules: the return of a lost lead."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from app.core.events import Event
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services.next_act import refresh_next_act
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
