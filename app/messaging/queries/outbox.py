"""Reading messages: the outbox page by state, one message, and what waits on a lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, tuple_, union_all
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.access_keys import PERSONAL, without_keys
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.phones import format_national
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import CHANNELS, Message
from app.messaging.words import state_words, trouble_words

PAGE = 30
_ATTENTION = ("uncertain", "failed")
_NOBODY = (None, None)
_LEAVING = ("queued", "sending")
#: What the outbox page calls a state, and which states of messages that holds. `planned` is the follow-ups' own.
SHELVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "attention": ("Needs you", _ATTENTION),
    "failed": ("Failed", ("failed",)),
    "uncertain": ("Uncertain", ("uncertain",)),
    "planned": ("Planned", ()),
    "leaving": ("Leaving", _LEAVING),
    "sent": ("Sent", ("sent",)),
    "arrived": ("Arrived", ("delivered",)),
    "stopped": ("Not sent", ("refused", "cancelled")),
    "all": ("All", (*_ATTENTION, *_LEAVING, "sent", "delivered", "refused", "cancelled")),
}
#: A shelf of its own within another.
WITHIN = {"failed": "attention", "uncertain": "attention"}
#: The state in which words and recipient may still be changed.
EDITABLE = ("queued", "failed", "refused", "cancelled")


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in a list. `recipient` is written for people; `author` is None for what Sill sent by itself."""

    id: UUID
    channel: str
    state: str
    recipient: str
    gist: str
    lead_id: UUID | None
    lead_number: str | None
    author: str | None
    created_at: datetime
    sent_at: datetime | None
    error: str | None
    opened_at: datetime | None = None
    customer: str | None = None

    noun = "message"

    @property
    def is_editable(self) -> bool:
        """Whether its words and its recipient may still be changed. What goes to members (invitations) never is."""
        return self.state in EDITABLE and self.lead_id is not None

    @property
    def badge(self) -> tuple[str, str]:
        """The word for its state, and the tone of that word."""
        return state_words(self.state)

    @property
    def trouble(self) -> str | None:
        """What went wrong and what can be done, in words."""
        return trouble_words(self.error) if self.error else None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page of a shelf; `next_key` is where the next one begins, None on the last."""

    rows: list[MessageRow]
    next_key: tuple[datetime, UUID] | None


def shelf(
    name: str, after: tuple[datetime, UUID] | None = None, limit: int = PAGE, *, channel: str = "",
    lead_id: UUID | None = None,
) -> MessagePage:  # fmt: skip
    """The messages on a shelf of the outbox page, newest first, beginning after the key `after`; those of one channel
    or about one lead, when named.

    One indexed read for each state and channel, merged: an order over several at once could not use the index.
    """
    states = SHELVES[name][1]
    if lead_id is not None:
        reads = [_read(after, limit, Message.lead_id == lead_id, Message.state.in_(states), *_by(channel))]
    else:
        ways = (channel,) if channel else CHANNELS
        reads = [_read(after, limit, Message.state == state, *_by(way)) for state in states for way in ways]
    merged = aliased(Message, union_all(*(select(each.subquery()) for each in reads)).subquery())
    query = select(merged).order_by(merged.created_at.desc(), merged.id.desc()).limit(limit + 1)
    found = list(db.session.scalars(query))
    more = len(found) > limit
    found = found[:limit]
    return MessagePage(_rows(found), (found[-1].created_at, found[-1].id) if more else None)


def _by(channel: str) -> tuple[ColumnElement[bool], ...]:
    return (Message.channel == channel,) if channel else ()


def _read(after: tuple[datetime, UUID] | None, limit: int, *which: ColumnElement[bool]) -> Select[tuple[Message]]:
    query = select(Message).where(Message.workspace_id == current_workspace_id(), *which, Message.direction == "out")
    if after is not None:
        query = query.where(tuple_(Message.created_at, Message.id) < tuple_(*after))
    return query.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit + 1)


def row(message_id: UUID) -> MessageRow:
    """One message as a list shows it. Raises NotFound."""
    return _rows([get_message(message_id)])[0]


def get_message(message_id: UUID) -> Message:
    """The message, as far as the scope sees it. Raises NotFound."""
    message = db.session.get(Message, (current_workspace_id(), message_id))
    if message is None:
        raise NotFound
    return message


def body_for(message: Message, *, may_answer: bool) -> str:
    """What the message says, for a reader of the desk, without keys that were mailed to somebody for themselves alone.

    Unless they may write quotes (`may_answer`), every link of the customer's own is taken out too.
    """
    return without_keys(message.body, *(PERSONAL if may_answer else ()))


def readable_subject(message: Message, *, may_answer: bool) -> str | None:
    """Its subject, as `body_for`."""
    return without_keys(message.subject, *(PERSONAL if may_answer else ())) if message.subject else None


#: The messages of the lead `lead` in `here` that have not settled (leaving, failed, uncertain), the oldest first.
#: Other features join it to statements of their own; `waiting_row` reads its rows.
WAITING = (
    select(
        Message.id, Message.channel, Message.state, Message.created_at, Message.error, Message.recipient_sealed,
        Message.subject_sealed, Message.body_sealed,
    )
    .where(
        Message.workspace_id == bindparam("here"),
        Message.lead_id == bindparam("lead"),
        Message.state.in_([fixed(state) for state in ("queued", "sending", *_ATTENTION)]),
    )
    .order_by(Message.created_at)
    .limit(20)
)  # fmt: skip


def waiting_row(row: Any, lead_id: UUID) -> MessageRow:
    """A row of WAITING, opened. Its lead's number and its author are not read: both stand beside it."""
    seal = cipher()
    recipient = seal.open(row.recipient_sealed, "messages", "recipient_sealed", row.id)
    subject = seal.open(row.subject_sealed, "messages", "subject_sealed", row.id) if row.subject_sealed else None
    body = seal.open(row.body_sealed, "messages", "body_sealed", row.id)
    return MessageRow(
        row.id, row.channel, row.state, _readable(row.channel, recipient), _shortened(subject, body), lead_id,
        None, None, row.created_at, None, row.error,
    )  # fmt: skip


def count_unsent(lead_ids: Sequence[UUID]) -> int:
    """How many messages to these leads wait to be sent and could still be taken back."""
    query = select(func.count()).where(
        Message.workspace_id == current_workspace_id(), Message.lead_id == one_among(lead_ids),
        Message.state == fixed("queued"), Message.direction == fixed("out"),
    )  # fmt: skip
    return int(db.session.execute(query).scalar_one())


def _rows(messages: Sequence[Message]) -> list[MessageRow]:
    leads = _leads({message.lead_id for message in messages} - {None})
    people = _people({message.created_by for message in messages} - {None})
    return [
        MessageRow(
            message.id, message.channel, message.state, _recipient(message), _gist(message), message.lead_id,
            leads.get(message.lead_id, _NOBODY)[0], people.get(message.created_by), message.created_at,
            message.sent_at, message.error, message.opened_at, leads.get(message.lead_id, _NOBODY)[1],
        )
        for message in messages
    ]  # fmt: skip


def _leads(wanted: set) -> dict:
    """Number and customer's name by lead."""
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Lead.id, Lead.number, Lead.contact_id, Contact.name_sealed)
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(wanted))
    )
    seal = cipher()
    return {row.id: (row.number, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id)) for row in rows}


def _people(wanted: set) -> dict:
    """Members' names by id."""
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id == one_among(wanted)))
    return {row.id: row.name for row in rows}


def _recipient(message: Message) -> str:
    return _readable(message.channel, message.recipient)


def _readable(channel: str, recipient: str) -> str:
    return recipient if channel == "email" else format_national(recipient)


def _gist(message: Message) -> str:
    return _shortened(message.subject, message.body)


def _shortened(subject: str | None, body: str) -> str:
    """The subject, or the beginning of the text."""
    text = without_keys(subject or " ".join(body.split()))
    return text if len(text) <= 90 else f"{text[:89]}…"
