"""What an act is called in the timeline: a person's own words are sealed there too."""

from typing import Any

from app.followups.models import FollowUp


def is_by_hand(act: FollowUp) -> bool:
    """Whether it belongs to no stage and no sequence, so that people may call it what they like."""
    return act.enrolment_id is None and act.stage_change_id is None


def named(act: FollowUp, **facts: Any) -> dict[str, Any]:
    """`data` and `body` of a line about an act."""
    words = act.words
    if words is None:
        return {"data": {"title": act.title, "kind": act.kind, **facts}, "body": None}
    return {"data": {"kind": act.kind, **facts}, "body": words}
