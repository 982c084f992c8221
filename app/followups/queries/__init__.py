"""What can be read of the chase. One file a concern; this page lists them."""

from app.followups.queries.planned import (
    MOST_PLANNED,
    PAGE,
    PlannedAct,
    PlannedPage,
    ToCome,
    count_planned,
    planned_messages,
    to_come,
)
from app.followups.queries.starting import StagePlan, sequences_by_stage

__all__ = [
    "MOST_PLANNED", "PAGE", "PlannedAct", "PlannedPage", "StagePlan", "ToCome", "count_planned", "planned_messages",
    "sequences_by_stage", "to_come",
]  # fmt: skip
