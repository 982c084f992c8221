"""A person's answer in a conversation: a message that names what it answers, and somebody who looks after it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.errors import NotFound
from app.core.models import fixed
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.services import get_lead
from app.messaging.models import Conversation, Message, MessageTemplate
from app.messaging.queries.templates import find_template
from app.messaging.services.composing import compose
from app.messaging.services.conversations import assign

#: What a person typed is kept back this long, so that there is something to take back.
HOLD = timedelta(seconds=15)


def answer(
    conversation: Conversation,
    channel: str,
    *,
    recipient: str,
    subject: str,
    body: str,
    template_key: str | None,
    actor: Actor,
) -> Message:
    """Write to the conversation's contact, about its lead, and take the conversation when nobody has it.

    The message answers what last came in by the same channel, so that mail programs put it under that. One made of a
    template keeps its purpose, by which it is judged when it leaves.
    """
    lead = get_lead(conversation.lead_id, lock=True)  # before its conversation, as what comes in does
    template = template_used(template_key)
    message = compose(
        lead, channel, recipient=recipient, subject=subject, body=body, created_by=actor.user_id, actor=actor,
        purpose=template.purpose if template else "service", template_key=template.key if template else None,
        template_version_no=template.version_no if template else None,
        answers_id=_last_arrived(conversation.contact_id, channel), hold=HOLD,
    )  # fmt: skip
    if conversation.owner_id is None and actor.user_id is not None:
        assign(conversation.id, actor.user_id, actor)
    return message


def template_used(key: str | None) -> MessageTemplate | None:
    """The template whose words went into what a person writes, as the workspace has it or as it came with Sill."""
    try:
        return find_template(key) if key else None
    except NotFound:
        return None


def key_of_both(before: str, body: str, added: str) -> str:
    """By which template a text is judged to whose words, of the template `before` if any, those of another were added:
    by the one that advertises.
    """
    first = template_used(before) if body else None
    return before if first is not None and first.purpose == "marketing" else added


def _last_arrived(contact_id: UUID, channel: str) -> UUID | None:
    return db.session.scalar(
        select(Message.id)
        .where(
            Message.workspace_id == current_workspace_id(), Message.contact_id == contact_id,
            Message.direction == fixed("in"), Message.channel == channel,
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    )  # fmt: skip
