"""The timeline's lines about a lead's ways: begun, stopped, resting and going on."""

from uuid import UUID

from app.activities.services import record_activity
from app.core.fragments import topic
from app.core.permissions import Actor
from app.followups.models import Sequence
from app.leads.models import Lead


def tell(
    lead: Lead, event: str, sequence: Sequence, actor: Actor, enrolment_id: UUID | None = None, **facts: str | None
) -> None:
    """Write down what became of a lead's way on a sequence, and tell open pages. `facts` are plain: why, how, until."""
    record_activity(
        lead, "follow_up", event, actor, subject_id=enrolment_id,
        topics=(topic("lead", lead.id), "sequences", "outbox"),
        data={"title": sequence.name, "kind": "sequence", "sequence_id": str(sequence.id), **facts},
    )  # fmt: skip
