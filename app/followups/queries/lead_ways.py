"""What a lead's sheet says about sequences: those it is on, those that ended lately, and those it can be put on."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.core.clock import utcnow
from app.followups.models import Sequence
from app.followups.queries.ways import Way, known_sequences
from app.followups.words import WHY_WORDS
from app.workspaces.queries import current_workspace

MOST_ENDED = 2
#: Sequences that stages start stand last: a lead seldom needs one of another stage.
_OFFERED = ("hand", "rule", "stage")


@dataclass(frozen=True, slots=True)
class LeadWays:
    """The sequences of one lead. `tomorrow` is the first day until which one may be paused."""

    lead_id: UUID
    now: list[Way]
    ended: list[Way]
    offered: list[Sequence]
    tomorrow: date

    @staticmethod
    def why(way: Way) -> str:
        """Why a way rests or ended, in words; "" where that says nothing."""
        return WHY_WORDS.get(way.why or "", "") if way.why != "by_person" else ""


def lead_ways(lead_id: UUID, ways: list[Way]) -> LeadWays:
    """What the sheet says, from the ways that `to_come` has read."""
    now = utcnow()
    going = {way.sequence_id for way in ways if way.is_under_way}
    return LeadWays(
        lead_id=lead_id,
        now=[way for way in ways if way.is_under_way],
        ended=[way for way in ways if not way.is_under_way][:MOST_ENDED],
        offered=sorted(
            (each for each in known_sequences() if each.is_active and each.steps and each.id not in going),
            key=lambda each: _OFFERED.index(each.starts),
        ),
        tomorrow=(now + timedelta(days=1)).astimezone(current_workspace().clock().zone).date(),
    )
