"""Mails to members forgotten with the leads that they list: an enquiry's says everything that its customer has told."""

import re
from uuid import UUID

from sqlalchemy import delete, select

from app.core.events import Event
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.messaging.models import Message

_LEAD = re.compile(r"/leads/([0-9a-f-]{36})")
_AT_ONCE = 500


def forget_mails(event: Event) -> None:
    """The reaction to leads being deleted for good, or taken back with their import: no mail in the outbox names them.

    Which leads a mail lists, only its words say. A mail is younger than its leads, and so are the ids of both.
    """
    gone = set(event.data["lead_ids"])
    if not gone:
        return
    with seeing_all():
        here, seal = current_workspace_id(), cipher()
        mails = db.session.execute(
            select(Message.id, Message.body_sealed)
            .where(
                Message.workspace_id == here, Message.id > min(map(UUID, gone)), Message.lead_id.is_(None),
                Message.created_by.is_(None), Message.direction == fixed("out"), Message.channel == fixed("email"),
            )
            .execution_options(yield_per=_AT_ONCE)
        )  # fmt: skip
        found = [
            row.id
            for row in mails
            if not gone.isdisjoint(_LEAD.findall(seal.open(row.body_sealed, "messages", "body_sealed", row.id)))
        ]
        if found:
            naming = delete(Message).where(Message.workspace_id == here, Message.id == one_among(found))
            db.session.execute(naming.execution_options(synchronize_session=False))
