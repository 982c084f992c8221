"""What becomes of a conversation when the lead that it hangs on is deleted: it goes on about another of the person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, func, or_, select, update

from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.messaging.models import Conversation, Message


def outlive_leads(event: Event) -> None:
    """The reaction to leads that are about to be deleted: the conversations about them stay as far as something was
    written about other leads of theirs. What was written about these goes with them.
    """
    gone = [UUID(each) for each in event.data["lead_ids"]]
    with seeing_all():
        heir = _newest(Message.id, gone)
        found = db.session.execute(
            select(Conversation.id, heir.label("heir_id")).where(
                Conversation.workspace_id == current_workspace_id(), Conversation.lead_id == one_among(gone),
                heir.is_not(None),
            )
        ).all()  # fmt: skip
        for row in found:
            message = db.session.get_one(Message, (current_workspace_id(), row.heir_id))
            _hang_on(row.id, message, gone)


def _hang_on(conversation_id: UUID, newest: Message, gone: Sequence[UUID]) -> None:
    """Let a conversation be about the lead of the newest message that is left."""
    by_us = and_(Message.direction == fixed("out"), Message.created_by.is_not(None))
    answered_at = _newest(Message.created_at, gone, by_us)
    unanswered = (
        select(func.count())
        .where(*_left(gone), Message.direction == fixed("in"))
        .where(or_(answered_at.is_(None), Message.created_at > answered_at))
        .correlate(Conversation)
        .scalar_subquery()
    )
    said = _newest(Message.direction, gone, or_(Message.direction == fixed("in"), by_us))
    db.session.execute(
        update(Conversation)
        .where(Conversation.workspace_id == current_workspace_id(), Conversation.id == conversation_id)
        .values(
            lead_id=newest.lead_id, last_message_id=newest.id, last_at=newest.created_at,
            last_direction=func.coalesce(said, newest.direction),
            unread_count=func.least(Conversation.unread_count, unanswered), version=Conversation.version + 1,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _newest(column: object, gone: Sequence[UUID], *which: object) -> ScalarSelect:
    """Of the newest message of a conversation's contact that is left."""
    query = select(column).where(*_left(gone), *which)  # type: ignore[call-overload, arg-type]
    newest = query.order_by(Message.created_at.desc(), Message.id.desc()).limit(1)
    return newest.correlate(Conversation).scalar_subquery()  # type: ignore[no-any-return]


def _left(gone: Sequence[UUID]) -> tuple:
    return (
        Message.workspace_id == Conversation.workspace_id, Message.contact_id == Conversation.contact_id,
        Message.lead_id.is_not(None), ~(Message.lead_id == one_among(gone)), Message.state != fixed("cancelled"),
    )  # fmt: skip
