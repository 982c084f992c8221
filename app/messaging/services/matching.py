"""Which lead something belongs to that has come in: by what it answers, else by who wrote it, else a person says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.contacts.models import Contact
from app.core import email_addresses, phones
from app.core.clock import utcnow
from app.core.ids import parse_id
from app.core.keyring import search_index
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Message
from app.messaging.ports.inbound import Inbound
from app.messaging.services.answer_addresses import read_answer_address
from app.messaging.services.providers import provider_for
from app.workspaces.queries import current_workspace

#: Why something has no lead that is a mail of ours, come back to our own mailbox, or one that we wrote elsewhere.
OWN = "own"
#: An answer is to what was written lately, if nothing else of ours was written about within a week of it.
_LATELY = timedelta(days=45)
_APART = timedelta(days=7)
_MOST = 20
_MESSAGE_ID = re.compile(r"<?([0-9a-f-]{36})@[^>\s]+>?", re.IGNORECASE)
_LEAD_NUMBER = re.compile(r"\b[A-Z][A-Z0-9]{0,9}-\d{2,4}-\d{3,}\b")


@dataclass(frozen=True, slots=True)
class Match:
    """The lead, or None and `why` not, as a code. `lead_ids` are all that it may belong to, the likeliest first;
    `sure_ids` those of them whose contact wrote it. `answers_id` is the message of ours that it answers.
    """

    lead_id: UUID | None
    why: str | None = None
    lead_ids: tuple[UUID, ...] = ()
    sure_ids: tuple[UUID, ...] = ()
    answers_id: UUID | None = None


def sender_key(channel: str, sender: str) -> bytes | None:
    """The blind index of who wrote: an address, or the last nine digits of a number. None for what is neither."""
    if channel == "email":
        normal = email_addresses.parse(sender)
        return search_index().exact("email", normal) if normal else None
    phone = phones.parse(sender)
    return search_index().exact("phone", phone.match_key) if phone else None


def match(inbound: Inbound, key: bytes | None) -> Match:
    """Find its lead. `key` is its sender_key."""
    answered, is_own = _answered(inbound)
    if is_own:
        return Match(None, OWN)
    theirs = _theirs(inbound.channel, key) if key else []
    sure = tuple(lead_id for lead_id, _ in theirs)
    if answered is not None and not theirs and _is_by_us(inbound):
        return Match(None, OWN)  # one of us answered by another program, with the mailbox in copy
    if answered is not None:
        return Match(answered.lead_id, None, (answered.lead_id,), sure or (answered.lead_id,), answered.id)
    if theirs:
        in_order, is_clear = _likeliest(theirs)
        return Match(in_order[0] if is_clear else None, None if is_clear else "several_leads", in_order, sure)
    earlier = _earlier(key) if key else None
    if earlier is not None:
        return Match(earlier, None, (earlier,), (earlier,))
    return Match(None, "unknown_sender" if key else "hidden_sender", _named(f"{inbound.subject}\n{inbound.body}"))


def our_message_ids(mail_ids: Sequence[str]) -> list[UUID]:
    """The ids of messages that these Message-IDs may stand for, in their order: ours are <id@our domain>."""
    found = (_MESSAGE_ID.fullmatch(each.strip()) for each in mail_ids)
    ids = (parse_id(each[1].lower()) for each in found if each)
    return list(dict.fromkeys(each for each in ids if each))


def sent_message(message_ids: Sequence[UUID], *, to_leads: bool = True) -> Message | None:
    """The first of these that is a message of ours; with `to_leads` none of those to our own people."""
    found = _sent(message_ids)
    return next((found[each] for each in message_ids if each in found and (found[each].lead_id or not to_leads)), None)


def _sent(message_ids: Sequence[UUID]) -> dict[UUID, Message]:
    if not message_ids:
        return {}
    query = select(Message).where(
        Message.workspace_id == current_workspace_id(), Message.id == one_among(message_ids[:_MOST]),
        Message.direction == fixed("out"),
    )  # fmt: skip
    return {each.id: each for each in db.session.scalars(query)}


def _answered(inbound: Inbound) -> tuple[Message | None, bool]:
    """The message of ours to a lead that it answers, and whether it is itself one of ours."""
    by_address = (read_answer_address(address) for address in inbound.recipients)
    own, answered = our_message_ids([inbound.mail_id]), our_message_ids(inbound.mail_ids)
    answered += [each for each in by_address if each]
    found = _sent([*own, *answered])
    first = next((found[each] for each in answered if each in found and found[each].lead_id), None)
    return first, any(each in found for each in own)


def _is_by_us(inbound: Inbound) -> bool:
    """Whether a mail comes from an address of the workspace itself: the office, its mailbox, or the one it sends by."""
    if inbound.channel != "email":
        return False
    own = [current_workspace().reply_email]
    for channel, name in (("inbox", "address"), ("inbox", "username"), ("email", "sender")):
        own.append(getattr(provider_for(channel), name, ""))
    sender = email_addresses.parse(inbound.sender)
    return sender is not None and sender in map(email_addresses.parse, own)


def _theirs(channel: str, key: bytes) -> list[tuple[UUID, datetime]]:
    """The leads of who has this address or number, each with when it was made; those in the bin if there are no
    others.
    """
    column = Contact.email_key if channel == "email" else Contact.phone_key
    rows = db.session.execute(
        select(Lead.id, Lead.created_at, Lead.shelf)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(Contact.workspace_id == current_workspace_id(), column == key)
        .order_by(Lead.created_at.desc())
        .limit(_MOST)
    ).all()
    kept = [row for row in rows if row.shelf != "bin"] or rows
    return [(row.id, row.created_at) for row in kept]


def _likeliest(leads: list[tuple[UUID, datetime]]) -> tuple[tuple[UUID, ...], bool]:
    """The leads in the order of how lately each was touched, and whether the first stands out clearly."""
    if len(leads) == 1:
        return (leads[0][0],), True
    written = _last_written([lead_id for lead_id, _ in leads])
    touched = sorted(
        ((written.get(lead_id, made), lead_id in written, lead_id) for lead_id, made in leads), reverse=True
    )
    newest, was_written, _ = touched[0]
    is_clear = was_written and newest > utcnow() - _LATELY and touched[1][0] < newest - _APART
    return tuple(lead_id for _, _, lead_id in touched), is_clear


def _last_written(lead_ids: list[UUID]) -> dict[UUID, datetime]:
    """When we last wrote about each lead, of those we did."""
    rows = db.session.execute(
        select(Message.lead_id, func.max(Message.created_at))
        .where(
            Message.workspace_id == current_workspace_id(), Message.lead_id == one_among(lead_ids),
            Message.direction == fixed("out"), Message.state.in_([fixed(each) for each in _LEFT]),
        )
        .group_by(Message.lead_id)
    )  # fmt: skip
    return dict(map(tuple, rows))


_LEFT = ("sending", "sent", "delivered", "uncertain")


def _earlier(key: bytes) -> UUID | None:
    """The lead that a person put the same sender's last words on."""
    return db.session.scalar(
        select(Message.lead_id)
        .join(Arrival, (Arrival.workspace_id == Message.workspace_id) & (Arrival.message_id == Message.id))
        .where(Arrival.workspace_id == current_workspace_id(), Arrival.sender_key == key, Arrival.state == "placed")
        .order_by(Arrival.received_at.desc())
        .limit(1)
    )


def _named(text: str) -> tuple[UUID, ...]:
    """Leads whose numbers stand in the text: hints, since anybody can guess a number."""
    numbers = list(dict.fromkeys(_LEAD_NUMBER.findall(text[:5_000])))[:3]
    if not numbers:
        return ()
    query = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.number.in_(numbers))
    return tuple(db.session.scalars(query))
