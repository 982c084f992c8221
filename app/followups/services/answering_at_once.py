"""What a stage's sequences send the moment a lead enters it, such as that we have the enquiry."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.queries.steps import MESSAGES, Step, steps_of
from app.followups.services.finishing import skip
from app.followups.services.planning import started_by
from app.leads.models import Lead
from app.messaging.transports import sends_texts


def answers_at_once(stage_id: UUID) -> frozenset[str]:
    """The channels by which entering the stage sends something without anybody having had a say. From memory."""
    steps = [step for sequence in started_by(stage_id) for step in _at_once(steps_of(sequence.steps))]
    by_text = {"sms"} if any(step.text_key for step in steps) and sends_texts() else set()
    return frozenset({step.kind for step in steps} | by_text)


def leave_unanswered(lead: Lead, actor: Actor) -> None:
    """Leave out what would go to the customer at once; what comes later stays planned. Before the commit that made
    the lead, nothing has left yet.
    """
    keys = {
        (sequence.id, step.key)
        for sequence in started_by(lead.stage_id)
        for step in _at_once(steps_of(sequence.steps))
    }
    planned = db.session.execute(
        select(FollowUp.id, FollowUp.sequence_id, FollowUp.step_key).where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead.id, FollowUp.state == "planned",
            FollowUp.kind.in_(MESSAGES),
        )
    ).all()  # fmt: skip
    for row in planned:
        if (row.sequence_id, row.step_key) in keys:
            skip(row.id, actor)


def _at_once(steps: Iterable[Step]) -> list[Step]:
    """The messages that stand before the first wait or branch."""
    found = []
    for step in steps:
        if step.delay.amount or step.kind in ("wait", "branch"):
            break
        if step.kind in MESSAGES:
            found.append(step)
    return found
