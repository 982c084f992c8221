"""Reading the workspace's mailbox: nothing is held in the database while its server takes its time."""

from typing import Any

from flask import current_app

from app.core.access_keys import keyed_hash
from app.core.outbox import Claim, Fenced, renew_all
from app.core.transactions import transaction
from app.messaging.ports.settings import InboxSettings
from app.messaging.services.breaker import note_result
from app.messaging.services.inbox_reading import inbox_provider, keep_progress, take_in_mail, take_in_unread
from app.messaging.services.providers import settings_of
from app.messaging.transports.mailbox_reading import MailboxTrouble, read_mailbox


def read_inbox(claim: Claim) -> None:
    """Do the work `inbox.read`: take in what is new, each mail in a transaction of its own, then note how far it got.

    After a crash in between the same mails are read again, and known again. Raises Fenced when somebody else has the
    work meanwhile.
    """
    with transaction():
        provider = inbox_provider(claim)
        if provider is None:
            keep_progress(claim, None, None, at_once=False)
            return
        settings = _inbox(settings_of(provider))
        box = keyed_hash("mailbox", "\n".join((settings.host, settings.username, settings.folder))).hex()[:16]
        progress = provider.progress if provider.progress.get("box") == box else {}
    private = bool(current_app.config["ALLOW_PRIVATE_OUTBOUND"])
    trouble: str | None = None
    at_once, reached = False, None
    try:
        reading = read_mailbox(settings, progress, allow_private=private)
    except MailboxTrouble as error:
        trouble = error.code
    else:
        for mail in reading.mails:
            with transaction():
                if not renew_all([claim]):  # a mail may take a second, and a round has many
                    raise Fenced
                if mail.raw is None:
                    take_in_unread(f"{box}/{reading.validity}/{mail.uid}", mail.at)
                else:
                    take_in_mail(mail.raw, mail.at)
        at_once, reached = reading.has_more, {"box": box, **reading.progress()}
    noted = note_result(provider.id, trouble, is_trial=True)  # a mailbox is read by one worker at a time
    with transaction():
        keep_progress(claim, reached, trouble, at_once=at_once, silent_until=noted.until)


def _inbox(settings: Any) -> InboxSettings:
    assert isinstance(settings, InboxSettings)
    return settings
