"""Which planned acts a person has put on another day: what was agreed on there is no distance to anything."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.activities.models import Activity
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.queries.steps import AUTOMATIC


def chosen_times(rows: Sequence[FollowUp], now: datetime) -> dict[str, datetime]:
    """Of the steps among `rows` that people do, those whose time a person chose and that is still to come."""
    to_come = [row for row in rows if row.kind not in AUTOMATIC and row.due_at > now]
    if not to_come:
        return {}
    moved = set(
        db.session.scalars(
            select(Activity.subject_id).where(
                Activity.workspace_id == current_workspace_id(), Activity.lead_id == to_come[0].lead_id,
                Activity.event == fixed("follow_up.postponed"),
                Activity.subject_id == one_among(row.id for row in to_come),
            )
        )
    )  # fmt: skip
    return {str(row.step_key): row.due_at for row in to_come if row.id in moved}
