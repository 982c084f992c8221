"""Deciding a branch when its time has come."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import Condition
from app.followups.services.conditions import holds, stage_key
from app.leads.models import Lead
from app.messaging.models import Message
from app.quotes.models import Quote


def answer(condition: Condition | None, enrolment: Enrolment, lead: Lead) -> bool:
    """Whether what a branch asks is so now. One that asks nothing is answered with no."""
    if condition is None:
        return False
    if condition.on in ("replied", "no_reply"):
        return _has_replied(lead, enrolment.started_at) == (condition.on == "replied")
    if condition.on == "opened":
        return _has_opened(enrolment, lead)
    if condition.on == "stage":
        return stage_key(lead) == condition.value
    return holds(lead, condition.field, condition.operator, condition.value)


def _has_replied(lead: Lead, since: datetime) -> bool:
    """Whether the contact wrote to us since; what a machine answered for them does not count."""
    return _any(
        select(Message.id).where(
            Message.workspace_id == current_workspace_id(), Message.contact_id == lead.contact_id,
            Message.created_at >= since, Message.direction == fixed("in"),
            or_(Message.triage.is_(None), Message.triage != fixed("automatic")),
        )
    )  # fmt: skip


def _has_opened(enrolment: Enrolment, lead: Lead) -> bool:
    """Whether a message of this sequence was opened, or the quote was looked at since it began."""
    here = current_workspace_id()
    seen: ColumnElement[bool] = or_(Message.opened_at.is_not(None), Message.clicked_at.is_not(None))
    of_sequence = (
        select(Message.id)
        .join(FollowUp, (FollowUp.workspace_id == Message.workspace_id) & (FollowUp.message_id == Message.id))
        .where(FollowUp.workspace_id == here, FollowUp.enrolment_id == enrolment.id, seen)
    )
    of_quote = select(Quote.id).where(
        Quote.workspace_id == here, Quote.lead_id == lead.id, Quote.opened_at >= enrolment.started_at
    )
    return _any(of_sequence) or _any(of_quote)


def _any(query: select) -> bool:  # type: ignore[valid-type]
    return db.session.execute(query.limit(1)).first() is not None
