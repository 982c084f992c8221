"""The chase: sequences of steps, the leads that are under way on them, and what is planned. One file a part."""

from app.followups.models.follow_up import KINDS, STATES, FollowUp
from app.followups.models.sequence import (
    ENROLMENT_STATES,
    STARTS,
    Enrolment,
    Sequence,
    SequenceVersion,
)

__all__ = [
    "ENROLMENT_STATES", "KINDS", "STARTS", "STATES", "Enrolment", "FollowUp", "Sequence", "SequenceVersion",
]  # fmt: skip
