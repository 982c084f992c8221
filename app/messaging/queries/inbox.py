"""The list of conversations: newest first, by keyset, one indexed and bounded statement for each way to narrow it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, and_, bindparam, or_, select, tuple_

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.access_keys import without_keys
from app.core.clock import utcnow
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.mail_text import split_reply
from app.core.models import fixed
from app.core.names import initials
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Conversation, Message

PAGE = 30
#: A list that is open takes in no more than this when it asks for itself again; what is older has pages of its own.
MOST_SHOWN = 120
#: The ways to narrow the list, in the order of the page. What nobody could place (`arrivals`) is a list of its own.
VIEWS = {
    "open": "Open", "unread": "Unread", "mine": "Mine", "nobody": "Nobody’s", "snoozed": "Snoozed", "done": "Done",
}  # fmt: skip
_LOOKED_AT, _LONGEST_GIST = 1_000, 140
_HERE, _NOW, _ME = bindparam("here", type_=Uuid), bindparam("now", type_=DateTime(timezone=True)), bindparam("me")


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in the list: with whom, what was last written, and who looks after it."""

    id: UUID
    name: str
    gist: str
    channel: str
    direction: str
    message_state: str
    triage: str | None
    last_at: datetime
    unread: int
    owner: str | None
    snoozed_until: datetime | None
    noun: str = "talk"

    @property
    def owner_initials(self) -> str:
        """One or two letters, "" when nobody has it."""
        return initials(self.owner) if self.owner else ""


@dataclass(frozen=True, slots=True)
class TalkPage:
    """Some conversations, and the cursor of the next ones if there are more."""

    talks: list[Talk]
    next_cursor: str | None


def talks(view: str, *, after: str | None = None, size: int = PAGE) -> TalkPage:
    """Conversations of one of VIEWS, as far as the scope sees their leads. An unreadable cursor starts from the top."""
    listed = f"inbox:{view}"
    place = read_cursor(after, listed)
    scope = current_scope()
    given: dict[str, Any] = {"here": current_workspace_id(), "now": utcnow(), "me": scope.user_id, "size": size + 1}
    if place:
        given |= {"at": place[0], "id": place[1]}
    rows = db.session.execute(_page(view, bool(place)), given).all()
    shown = rows[:size]
    more = make_cursor([shown[-1].place_at, shown[-1].id], listed) if len(rows) > size else None
    return TalkPage([_talk(row) for row in shown], more)


@lru_cache(maxsize=32)
def _page(view: str, is_after: bool) -> Select[Any]:
    """Found and cut off first; only then is looked up what other tables know of the few that are shown."""
    rises = view == "snoozed"
    at = Conversation.snoozed_until if rises else Conversation.last_at
    asked = [Conversation.workspace_id == _HERE, *_conditions(view)]
    if is_after:
        place = tuple_(bindparam("at", type_=at.type), bindparam("id", type_=Uuid))
        asked.append(tuple_(at, Conversation.id) > place if rises else tuple_(at, Conversation.id) < place)
    page = (
        select(
            Conversation.id, Conversation.contact_id, Conversation.lead_id, Conversation.owner_id,
            Conversation.last_message_id, Conversation.last_at, Conversation.unread_count, Conversation.snoozed_until,
            at.label("place_at"),
        )
        .where(*asked)
        .order_by(*((at, Conversation.id) if rises else (at.desc(), Conversation.id.desc())))
        .limit(bindparam("size"))
        .subquery("page")
    )  # fmt: skip
    return (
        select(
            page, Contact.name_sealed, User.name.label("owner"), Message.id.label("message_id"), Message.channel,
            Message.direction, Message.state, Message.triage, Message.body_sealed,
        )
        .join(Contact, and_(Contact.workspace_id == _HERE, Contact.id == page.c.contact_id))
        # What was last written may hang on a colleague's lead of the same person: then it is not for these eyes.
        .outerjoin(Message, and_(Message.workspace_id == _HERE, Message.id == page.c.last_message_id))
        .outerjoin(User, User.id == page.c.owner_id)
        .order_by(*((page.c.place_at, page.c.id) if rises else (page.c.place_at.desc(), page.c.id.desc())))
    )  # fmt: skip


def _conditions(view: str) -> list[Any]:
    awake = or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= _NOW)
    is_open = Conversation.state == fixed("open")
    return {
        "open": [is_open, awake],
        "unread": [Conversation.unread_count > fixed(0), awake],
        "mine": [is_open, awake, Conversation.owner_id == _ME],
        "nobody": [is_open, awake, Conversation.owner_id.is_(None)],
        "snoozed": [Conversation.snoozed_until.is_not(None), Conversation.snoozed_until > _NOW],
        "done": [Conversation.state == fixed("done")],
    }[view]


def _talk(row: Any) -> Talk:
    seal = cipher()
    body = seal.open(row.body_sealed, "messages", "body_sealed", row.message_id) if row.message_id else None
    return Talk(
        row.id, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id) or "", _gist(row, body or ""),
        row.channel or "", row.direction or "", row.state or "", row.triage, row.last_at, row.unread_count, row.owner,
        row.snoozed_until,
    )  # fmt: skip


def _gist(row: Any, body: str) -> str:
    """The beginning of what was said, without what a reply repeats."""
    said = body[:_LOOKED_AT]
    if row.direction == "in" and row.channel == "email":
        said = split_reply(said).new
    text = without_keys(" ".join(said.split()))
    return text if len(text) <= _LONGEST_GIST else f"{text[: _LONGEST_GIST - 1]}…"


def conversation_of_lead(lead_id: UUID) -> UUID | None:
    """The conversation with a lead's contact, None when nothing was ever written."""
    query = (
        select(Conversation.id)
        .join(Lead, and_(Lead.workspace_id == Conversation.workspace_id, Lead.contact_id == Conversation.contact_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == lead_id)
    )
    return db.session.scalar(query)
