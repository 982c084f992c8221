"""Messages that nobody wants sent any more because their lead has come to its end."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message
from app.messaging.services.composing import unsend

#: A lead never has more than a few that wait; what is beyond leaves.
_MOST = 20


def stop_unsent(event: Event) -> None:
    """The reaction to a lead being moved to a final stage by someone who was told what that stops."""
    if event.lead_id is not None and event.data.get("stops_messages"):
        _take_back([event.lead_id], event)


def stop_answered(event: Event) -> None:
    """The reaction to a quote's answer: what was still to leave was written before it, and would chase in vain."""
    if event.lead_id is not None:
        _take_back([event.lead_id], event)


def stop_shelved(event: Event) -> None:
    """The reaction to leads being put away: what has not left yet stays here. Putting them back sends nothing."""
    _take_back([UUID(each) for each in event.data["lead_ids"]], event)


def _take_back(lead_ids: Sequence[UUID], event: Event) -> None:
    waiting = db.session.scalars(
        select(Message.id)
        .where(
            Message.workspace_id == current_workspace_id(), Message.lead_id == one_among(lead_ids),
            Message.state == fixed("queued"), Message.direction == fixed("out"),
        )
        .order_by(Message.created_at)
        .limit(_MOST * len(lead_ids))
        .with_for_update()
    ).all()  # fmt: skip
    for message_id in waiting:
        unsend(message_id, event.actor)
