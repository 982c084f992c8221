"""How much was written of one kind lately: what goes to numbers that anybody may have typed has an end."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select

from app.core.clock import utcnow
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message

_AN_HOUR = timedelta(hours=1)


def were_many(template_key: str, most: int, *which: ColumnElement[bool]) -> bool:
    """Whether `most` messages or more were written in these words within the last hour, of those that are `which`."""
    lately = select(Message.id).where(
        Message.workspace_id == current_workspace_id(), Message.template_key == template_key,
        Message.created_at > utcnow() - _AN_HOUR, *which,
    )  # fmt: skip
    return len(db.session.scalars(lately.limit(most)).all()) >= most
