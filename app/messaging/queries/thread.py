"""One conversation: with whom, about which lead, and what was written, the newest messages first to be read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, bindparam, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core import phones
from app.core.access_keys import PERSONAL, without_keys
from app.core.clock import utcnow
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.mail_text import Reply, split_attached, split_reply
from app.core.names import initials
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.cards import what_is_wanted
from app.messaging.models import Conversation, Message
from app.messaging.words import state_words, trouble_words

PAGE = 40
#: What a page that stays open takes in; who leaves it open for longer reloads it.
MOST_SINCE = 150
#: A message is shown up to here; the rest is one tap away.
_LONGEST, _MOST_LINES = 1_400, 24


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation with its contact and the lead it is about."""

    conversation: Conversation
    contact: Contact
    lead: Lead
    property: Property
    stage: Stage
    owner: str | None
    lead_owner: str | None
    noun: str = "talk"

    @property
    def id(self) -> UUID:
        """The conversation's id, for dom_id."""
        return self.conversation.id

    @property
    def phone(self) -> tuple[str, str] | None:
        """The number to dial and the number to read."""
        number = self.contact.phone
        return (number, phones.format_national(number)) if number else None

    @property
    def owner_initials(self) -> str:
        """One or two letters of who looks after it, "" when nobody does."""
        return initials(self.owner) if self.owner else ""

    @property
    def what(self) -> str:
        """What is wanted, such as "8-weekly · 3-bed semi"."""
        lead = self.lead
        return what_is_wanted(lead.service, lead.frequency, lead.property_type, lead.bedrooms)

    @property
    def is_resting(self) -> bool:
        """Whether it is put out of sight for now."""
        until = self.conversation.snoozed_until
        return until is not None and until > utcnow()


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as it stands in a conversation. `rest` and `quoted` are folded away; `local` is `at` in the
    workspace's time; `attached` names what came with it.
    """

    id: UUID
    lead_id: UUID | None
    channel: str
    direction: str
    state: str
    error: str | None
    subject: str | None
    text: str
    rest: str
    quoted: str
    author: str | None
    at: datetime
    local: datetime
    opened_at: datetime | None
    triage: str | None
    is_judged_by_person: bool
    attached: str
    noun: str = "message"

    @property
    def day(self) -> date:
        """The day on which it was written, where the business is."""
        return self.local.date()

    @property
    def clock(self) -> str:
        """The time of day, such as "20:14"."""
        return f"{self.local:%H:%M}"

    @property
    def badge(self) -> tuple[str, str]:
        """The word for what became of it, with its tone; that it was read says more than that it arrived."""
        if self.opened_at is not None and self.state in ("sent", "delivered"):
            return "Opened", "good"
        return state_words(self.state)

    @property
    def trouble(self) -> str | None:
        """What went wrong and what can be done, in words."""
        return trouble_words(self.error) if self.error else None


@dataclass(frozen=True, slots=True)
class Bubbles:
    """Some messages of a conversation, the oldest first. `older_cursor` is None when nothing is before them;
    `oldest_cursor` is the place of the first of them.
    """

    messages: list[Bubble]
    older_cursor: str | None
    oldest_cursor: str | None

    @property
    def newest_arrived(self) -> Bubble | None:
        """What the customer wrote last, as far as it is shown."""
        return next((each for each in reversed(self.messages) if each.direction == "in"), None)


_OWNER, _LEAD_OWNER = aliased(User), aliased(User)
_HEAD = (
    select(Conversation, Contact, Lead, Property, Stage, _OWNER.name, _LEAD_OWNER.name)
    .join(Contact, and_(Contact.workspace_id == Conversation.workspace_id, Contact.id == Conversation.contact_id))
    .join(Lead, and_(Lead.workspace_id == Conversation.workspace_id, Lead.id == Conversation.lead_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
    .outerjoin(_OWNER, _OWNER.id == Conversation.owner_id)
    .outerjoin(_LEAD_OWNER, _LEAD_OWNER.id == Lead.owner_id)
    .where(Conversation.workspace_id == bindparam("here"), Conversation.id == bindparam("conversation"))
)
_MESSAGES = (
    select(
        Message.id, Message.lead_id, Message.channel, Message.direction, Message.state, Message.error,
        Message.subject_sealed, Message.body_sealed, Message.created_at, Message.opened_at, Message.triage,
        Message.triaged_by, User.name.label("author"),
    )
    .outerjoin(User, User.id == Message.created_by)
    .where(Message.workspace_id == bindparam("here"), Message.contact_id == bindparam("contact"))
    .order_by(Message.created_at.desc(), Message.id.desc())
    .limit(bindparam("size"))
)  # fmt: skip
_PLACE = tuple_(bindparam("at"), bindparam("id", type_=Uuid))
_SINCE = _MESSAGES.where(tuple_(Message.created_at, Message.id) >= _PLACE)
_OLDER = _MESSAGES.where(tuple_(Message.created_at, Message.id) < _PLACE)


def head_of(conversation_id: UUID) -> Head:
    """A conversation by one statement. Raises NotFound for what the scope does not see."""
    given = {"here": current_workspace_id(), "conversation": conversation_id}
    row = db.session.execute(_HEAD, given).one_or_none()
    if row is None:
        raise NotFound
    return Head(*row)


def bubbles_of(
    head: Head, zone: ZoneInfo, *, before: str | None = None, since: str | None = None, may_answer: bool = False
) -> Bubbles:
    """What was written with a contact, as far as the scope sees it: the newest page, the one `before` a cursor, or
    what a page that is open shows and what came `since`.

    Unless the reader may write quotes (`may_answer`), the customer's own links are taken out.
    """
    listed = f"thread:{head.id}"
    given: dict[str, Any] = {"here": current_workspace_id(), "contact": head.contact.id}
    query, size = _MESSAGES, PAGE
    for cursor, narrowed, most in ((before, _OLDER, PAGE), (since, _SINCE, MOST_SINCE)):
        if place := read_cursor(cursor, listed):
            query, size = narrowed, most
            given |= {"at": place[0], "id": place[1]}
    rows = db.session.execute(query, given | {"size": size + 1}).all()
    shown = rows[:size]
    oldest = make_cursor([shown[-1].created_at, shown[-1].id], listed) if shown else None
    has_older = len(rows) > size or query is _SINCE
    hidden = PERSONAL if may_answer else ()  # all
    messages = [_bubble(row, zone, hidden) for row in reversed(shown)]
    return Bubbles(messages, oldest if has_older else None, oldest)


def _bubble(row: Any, zone: ZoneInfo, hidden: tuple[str, ...]) -> Bubble:
    seal = cipher()
    subject = seal.open(row.subject_sealed, "messages", "subject_sealed", row.id) if row.subject_sealed else None
    subject = without_keys(subject, *hidden) if subject else None
    body = without_keys(seal.open(row.body_sealed, "messages", "body_sealed", row.id) or "", *hidden)
    body, attached = split_attached(body) if row.direction == "in" else (body, "")
    reply = split_reply(body) if row.direction == "in" and row.channel == "email" else Reply(body, "")
    text, rest = fold(reply.new)
    return Bubble(
        row.id, row.lead_id, row.channel, row.direction, row.state, row.error, subject, text, rest, reply.beneath,
        row.author, row.created_at, row.created_at.astimezone(zone), row.opened_at, row.triage,
        row.triaged_by is not None, attached,
    )  # fmt: skip


def fold(text: str) -> tuple[str, str]:
    """A text up to a comfortable length, cut at a line or a word, and what follows."""
    lines = text.split("\n")
    cut = len("\n".join(lines[:_MOST_LINES])) if len(lines) > _MOST_LINES + 6 else len(text)
    if cut > _LONGEST * 1.3:
        at = max(text.rfind("\n", 0, _LONGEST), text.rfind(" ", 0, _LONGEST))
        cut = at if at > _LONGEST // 2 else _LONGEST
    return text[:cut].rstrip(), text[cut:].strip("\n")
