"""What people have to do with leads, apart from what Sill does by itself."""

from datetime import datetime

from sqlalchemy import Lateral, select

from app.core.models import fixed
from app.followups.models import FollowUp
from app.followups.queries.steps import AUTOMATIC
from app.leads.models import Lead


def first_for_people(until: datetime) -> Lateral:
    """For a statement about leads: title, words_sealed and due_at of the first call or task due by a moment."""
    return (
        select(FollowUp.title, FollowUp.words_sealed, FollowUp.due_at)
        .where(
            FollowUp.workspace_id == Lead.workspace_id, FollowUp.lead_id == Lead.id,
            FollowUp.state == fixed("planned"), FollowUp.kind.not_in(AUTOMATIC), FollowUp.due_at <= until,
        )
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(1)
        .lateral("for_people")
    )  # fmt: skip
