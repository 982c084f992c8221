"""What an act is called in the timeline, without anybody's own words outside what is sealed there."""

from typing import Any

from app.followups.models import FollowUp

#: Names that Sill gives what people plan.
USUAL = frozenset({"Call", "Call back", "Write an email", "Visit"})


def is_by_hand(act: FollowUp) -> bool:
    """Whether it belongs to no stage and no sequence, so that people may call it what they like."""
    return act.enrolment_id is None and act.stage_change_id is None


def named(act: FollowUp, **facts: Any) -> dict[str, Any]:
    """`data` and `body` of a line about an act: a name that a person thought of is sealed with the line's words."""
    if is_by_hand(act) and act.title not in USUAL:
        return {"data": {"kind": act.kind, **facts}, "body": act.title}
    return {"data": {"title": act.title, "kind": act.kind, **facts}, "body": None}
