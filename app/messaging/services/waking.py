"""Conversations that were put off, when their time has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.fragments import topic
from app.core.live import announce
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Conversation
from app.messaging.services.conversations import INBOX


def wake(conversation_id: UUID) -> datetime | None:
    """Let one that was put off come back, as unread, or it would stand unseen where it stood. Returns when to look
    again if it was put off for longer by now.
    """
    query = select(Conversation).where(
        Conversation.workspace_id == current_workspace_id(), Conversation.id == conversation_id
    )
    found = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if found is None or found.snoozed_until is None:
        return None
    if found.snoozed_until > utcnow():
        return found.snoozed_until
    found.snoozed_until, found.unread_count = None, max(1, found.unread_count)
    db.session.flush()
    announce({INBOX, topic("conversation", found.id)})
    return None
