"""What became of many messages of a workspace at once, in about as many statements as one takes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm.attributes import set_committed_value

from app.activities.services import Entry, note_contact, note_contacts, record_entries
from app.core.clock import utcnow
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Message
from app.messaging.services.outcomes import author, line_of, mark_sent

_SET = text(
    """
    update messages m set state = :state, error = null, sent_at = coalesce(:sent_at, m.sent_at),
           provider = coalesce(:provider, m.provider), provider_id = coalesce(c.provider_id, m.provider_id),
           version = m.version + 1
      from unnest(cast(:ids as uuid[]), cast(:provider_ids as text[])) as c (id, provider_id)
     where m.workspace_id = :workspace and m.id = c.id
    """
)


def mark_sending(messages: Sequence[Message], provider: str) -> None:
    """They are about to be handed to a provider. They must be locked."""
    _set(messages, {"state": "sending", "provider": provider})


def mark_all_sent(sent: Sequence[tuple[Message, str | None]]) -> None:
    """What `mark_sent` does, for locked messages and their providers' names for them."""
    first: dict[UUID, tuple[Message, str | None]] = {}
    for message, provider_id in sent:
        if message.lead_id is None or message.lead_id in first or len(sent) == 1:
            mark_sent(message, provider_id=provider_id)  # nobody's lead, or one that is in this round already
        else:
            first[message.lead_id] = (message, provider_id)
    if first:
        _mark_one_of_each_lead([message for message, _ in first.values()], dict(first.values()))


def _mark_one_of_each_lead(messages: Sequence[Message], names: Mapping[Message, str | None]) -> None:
    now = utcnow()
    _set(messages, {"state": "sent", "sent_at": now}, names)
    leads = _locked_leads([message.lead_id for message in messages if message.lead_id])
    by_channel = defaultdict(list)
    for message in messages:
        by_channel[message.channel].append(message)
    for channel, theirs in by_channel.items():
        _note_contacts([(leads[each.lead_id], each) for each in theirs if each.lead_id], channel, now)
        entries = [
            Entry(lead=leads[each.lead_id], actor=author(each), subject_id=each.id, is_customer_visible=True,
                  **line_of(each))
            for each in theirs if each.lead_id
        ]  # fmt: skip
        record_entries(entries, channel, "message.sent", topics=("outbox",))


def _note_contacts(written: Sequence[tuple[Lead, Message]], channel: str, at: datetime) -> None:
    firsts = [lead for lead, message in written if message.created_by and lead.first_contact_at is None]
    for lead in firsts:
        note_contact(lead, channel, at=at)
    note_contacts([lead for lead, _ in written if lead not in firsts], channel, at)


def _locked_leads(lead_ids: Sequence[UUID]) -> dict[UUID, Lead]:
    """Locked in one order, so that two workers never wait for each other."""
    query = select(Lead).where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
    query = query.order_by(Lead.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return {lead.id: lead for lead in db.session.scalars(query)}


def _set(
    messages: Sequence[Message], values: Mapping[str, Any], names: Mapping[Message, str | None] | None = None
) -> None:
    if not messages:
        return
    provider_ids = [names.get(message) if names else None for message in messages]
    given = {"sent_at": None, "provider": None, **values}
    db.session.execute(
        _SET,
        {
            **given, "workspace": messages[0].workspace_id, "ids": [message.id for message in messages],
            "provider_ids": provider_ids,
        },
    )  # fmt: skip
    for message, provider_id in zip(messages, provider_ids, strict=True):
        changed = {**values, "error": None, "version": message.version + 1}
        if provider_id:
            changed["provider_id"] = provider_id
        for name, value in changed.items():
            set_committed_value(message, name, value)
