"""Reading a workspace's mailbox again and again: work that leaves the next of its kind behind when it ends."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.models import fixed
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import MessageProvider
from app.messaging.ports.inbound import Inbound
from app.messaging.services.arriving import take_in
from app.messaging.services.reading_mail import read_mail

log = structlog.get_logger(__name__)
READ = "inbox.read"
EVERY = timedelta(seconds=60)
#: A mailbox that won't let us in is read less often; its owner sees why on the page of providers.
_AFTER_TROUBLE = timedelta(minutes=5)


def begin_reading(event: Event) -> None:
    """The reaction to a provider that was set up or changed: read the mailbox, unless that is planned already."""
    if event.data.get("channel") == "inbox":
        go_on_reading(event.subject_id)


def go_on_reading(provider_id: UUID) -> None:
    """Read the mailbox, unless that is planned already. A reading that was given up can't be tried again after: two of
    them would each plan the next, for ever.
    """
    if stands_still(provider_id):
        item = outbox.OutboxItem
        given_up = update(item).where(
            item.workspace_id == current_workspace_id(), item.subject_id == provider_id, item.kind == fixed(READ),
            item.state == fixed("dead"),
        )  # fmt: skip
        db.session.execute(given_up.values(state="cancelled").execution_options(synchronize_session=False))
        outbox.enqueue(READ, provider_id, dedupe_key=str(new_id()))


def stands_still(provider_id: UUID) -> bool:
    """Whether nothing reads the mailbox: each reading plans the next, until one breaks off as often as it may."""
    waiting = select(outbox.OutboxItem.id).where(
        outbox.OutboxItem.workspace_id == current_workspace_id(), outbox.OutboxItem.subject_id == provider_id,
        outbox.OutboxItem.kind == READ, outbox.OutboxItem.state.in_((fixed("ready"), fixed("leased"))),
    )  # fmt: skip
    return db.session.execute(waiting).first() is None


def inbox_provider(claim: outbox.Claim) -> MessageProvider | None:
    """The mailbox that the work is about; None when it was removed or switched off, which ends the reading."""
    provider = db.session.get(MessageProvider, (current_workspace_id(), claim.subject_id), populate_existing=True)
    return provider if provider is not None and provider.is_active else None


def take_in_mail(raw: bytes, at: datetime | None = None, recipients: tuple[str, ...] = ()) -> None:
    """Take one mail in, in the running transaction. One that can't be read or kept is kept by what of it is plain: who
    brought it would bring it again and again, and everything behind it would wait for ever.
    """
    try:
        with db.session.begin_nested():
            take_in(read_mail(raw, at, recipients))
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the mail's
    except Exception as error:  # the parser is fed by strangers
        log.exception("mail_not_read", error=type(error).__name__)
        take_in_unread(hashlib.sha256(raw).hexdigest(), at or utcnow())


def take_in_unread(key: str, at: datetime) -> None:
    """Let a person know of a mail whose words nobody has; `key` names it."""
    take_in(Inbound("email", key, "", "This mail could not be read. It is in the mailbox.", at))


def keep_progress(
    claim: outbox.Claim, progress: dict[str, Any] | None, trouble: str | None, *, at_once: bool,
    silent_until: datetime | None = None,
) -> None:  # fmt: skip
    """Note how far the mailbox was read and how it went, and leave the next reading behind, in one transaction.

    `silent_until`: until when a mailbox that doesn't answer is left alone. What has not changed is not written: a row
    written each minute would make every page read the providers anew.
    """
    provider = inbox_provider(claim)
    if provider is not None:
        if progress is not None and progress != provider.progress:
            provider.progress = progress
        if trouble != provider.error:
            provider.error, provider.tested_at = trouble, utcnow()
            if trouble:
                _tell(provider, trouble)
        run_at = utcnow() + (timedelta() if at_once else _AFTER_TROUBLE if trouble else EVERY)
        if silent_until is not None:
            run_at = max(utcnow() + EVERY, silent_until)
        outbox.enqueue(READ, provider.id, dedupe_key=str(new_id()), run_at=run_at)
    _forget_done(claim)
    claim.finish()


def _forget_done(claim: outbox.Claim) -> None:
    """A row for each minute of each year is no use to anybody."""
    db.session.execute(
        delete(outbox.OutboxItem)
        .where(
            outbox.OutboxItem.workspace_id == current_workspace_id(),
            outbox.OutboxItem.subject_id == claim.subject_id, outbox.OutboxItem.kind == READ,
            outbox.OutboxItem.state == fixed("done"),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _tell(provider: MessageProvider, trouble: str) -> None:
    db.session.flush()
    data = {"channel": "inbox", "error": trouble}
    publish(Event("provider.failed", provider.workspace_id, SYSTEM, "message_provider", provider.id, data=data))
