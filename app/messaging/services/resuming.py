"""A provider that was silent answers again: what waited for it goes on at once."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import outbox
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message, MessageProvider
from app.messaging.services.breaker import SILENT
from app.messaging.services.composing import SEND

#: The reason that a message carries which waits for its provider, and in the end that it was not sent for.
WAITING = "provider_silent"


def resume(provider_id: UUID) -> None:
    """The reaction to a provider's answer: nothing is wrong with it any more, and what waited is due."""
    provider = db.session.get(MessageProvider, (current_workspace_id(), provider_id), with_for_update=True)
    if provider is None:
        return
    if provider.error in SILENT:
        provider.error = None
        db.session.flush()
    wake_waiting(provider)


def wake_waiting(provider: MessageProvider) -> None:
    """Let what waits for a provider be tried now: messages, or the next reading of the mailbox."""
    here, item = current_workspace_id(), outbox.OutboxItem
    found: Select[Any] = select(item.id).where(item.workspace_id == here, item.state == fixed("ready"))
    if provider.channel == "inbox":
        outbox.wake(found.where(item.subject_id == provider.id))
        return
    waiting = (Message.workspace_id == item.workspace_id) & (Message.id == item.subject_id)
    outbox.wake(
        found.join(Message, waiting).where(
            Message.workspace_id == here, Message.state == fixed("queued"), Message.channel == provider.channel,
            item.kind == SEND, item.last_error.in_([fixed(reason) for reason in (WAITING, *sorted(SILENT))]),
        )
    )  # fmt: skip
