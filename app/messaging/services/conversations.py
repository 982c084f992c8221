"""One conversation a contact, over every channel and all of their leads: who looks after it, and what is unread.

It begins with the first message. What Sill sends by itself begins one that is `done`, since nobody waits for anything;
what a customer writes opens it, whatever it was before.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.core import outbox
from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.ids import new_id
from app.core.live import announce
from app.core.loading import load_one
from app.core.models import fixed, one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Conversation, Message
from app.workspaces.models import Membership

#: The live topic of the list of conversations.
INBOX = "inbox"
WAKE = "conversation.wake"


def note(message: Message) -> UUID | None:
    """Take a message that was just written or has just arrived into its contact's conversation; that one's id.

    None for a message to nobody's lead. The newest message names the lead and the moment; one that arrives counts as
    unread, opens the conversation and ends its rest; one that a person wrote answers what was unread. What Sill writes
    by itself names no other lead while something is unread, or who is to read it might not see it, and never takes the
    last word from the customer. One statement.
    """
    if message.contact_id is None or message.lead_id is None:
        return None
    with seeing_all():  # it may hang on a colleague's lead of the same contact
        lead = db.session.get(Lead, (message.workspace_id, message.lead_id))
        found: UUID = db.session.execute(_taking_in(message, lead.owner_id if lead else None)).scalar_one()
    announce({INBOX, topic("conversation", found)})
    return found


def _taking_in(message: Message, owner_id: UUID | None) -> Any:
    came_in, by_person = message.direction == "in", message.created_by is not None
    row = insert(Conversation).values(
        workspace_id=message.workspace_id, id=new_id(), contact_id=message.contact_id, lead_id=message.lead_id,
        state="open" if came_in or by_person else "done", owner_id=owner_id, last_message_id=message.id,
        last_at=message.created_at, last_direction=message.direction, unread_count=int(came_in), version=1,
    )  # fmt: skip
    is_newest = row.excluded.last_at >= Conversation.last_at
    newer = dict.fromkeys(("last_message_id", "last_at", "last_direction", "lead_id"), is_newest)
    if not came_in and not by_person:
        newer["lead_id"] = and_(is_newest, Conversation.unread_count == 0)
        del newer["last_direction"]
    values: dict[str, Any] = {
        name: case((when, row.excluded[name]), else_=getattr(Conversation, name)) for name, when in newer.items()
    }
    values |= {
        "owner_id": func.coalesce(Conversation.owner_id, row.excluded.owner_id),
        "version": Conversation.version + 1,
    }
    if came_in:
        values |= {
            "state": literal("open"), "unread_count": Conversation.unread_count + 1, "snoozed_until": null(),
            "last_direction": row.excluded.last_direction,  # also of a mail long on its way: nobody answered it
        }  # fmt: skip
    elif by_person:
        values["unread_count"] = literal(0)
    return row.on_conflict_do_update(
        index_elements=[Conversation.workspace_id, Conversation.contact_id], set_=values
    ).returning(Conversation.id)


def get_conversation(conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """A conversation, as far as the scope sees its lead. Raises NotFound."""
    query = select(Conversation).where(
        Conversation.workspace_id == current_workspace_id(), Conversation.id == conversation_id
    )
    return load_one(query, lock=lock)


def conversation_of(contact_id: UUID) -> Conversation | None:
    """The conversation with a contact, if anything was ever written and the scope sees it."""
    query = select(Conversation).where(
        Conversation.workspace_id == current_workspace_id(), Conversation.contact_id == contact_id
    )
    return db.session.scalars(query).first()


def mark_read(conversation_id: UUID) -> Conversation:
    """Nothing of it is unread any more. Raises NotFound. No event: reading is no change to anything."""
    return _set_unread(conversation_id, 0)


def mark_unread(conversation_id: UUID) -> Conversation:
    """Put it back among the unread, to come back to. Raises NotFound."""
    return _set_unread(conversation_id, 1)


def assign(conversation_id: UUID, user_id: UUID | None, actor: Actor) -> Conversation:
    """Give it to an active member, or to nobody. Raises NotFound, or Invalid for who is no member."""
    found = get_conversation(conversation_id, lock=True)
    if found.owner_id == user_id:
        return found
    if user_id is not None and not _is_active(user_id):
        raise Invalid({"owner": "Choose somebody who works here."})
    was, found.owner_id = found.owner_id, user_id
    _tell("conversation.assigned", found, actor, {"was": _text(was), "now": _text(user_id)})
    return found


def snooze(conversation_id: UUID, until: datetime, actor: Actor) -> Conversation:
    """Put it out of sight until then, or until the customer writes. Raises NotFound."""
    found = get_conversation(conversation_id, lock=True)
    found.state, found.snoozed_until, found.unread_count = "open", until, 0
    outbox.enqueue(WAKE, found.id, dedupe_key=str(new_id()), run_at=until)
    _tell("conversation.snoozed", found, actor, {"until": until.isoformat()})
    return found


def close(conversation_id: UUID, actor: Actor) -> Conversation:
    """Done: nothing is left to do here until the customer writes again. Raises NotFound."""
    found = get_conversation(conversation_id, lock=True)
    if found.state != "done" or found.unread_count or found.snoozed_until:
        found.state, found.snoozed_until, found.unread_count = "done", None, 0
        _tell("conversation.closed", found, actor, {})
    return found


def reopen(conversation_id: UUID, actor: Actor) -> Conversation:
    """Open it again, or wake it up. Raises NotFound."""
    found = get_conversation(conversation_id, lock=True)
    if found.state != "open" or found.snoozed_until:
        found.state, found.snoozed_until = "open", None
        _tell("conversation.reopened", found, actor, {})
    return found


def follow_owner(event: Event) -> None:
    """The reaction to a lead that changes hands: who had its conversation has it no more.

    Many leads that change hands in one go are left to whoever does that (`follow_owners`).
    """
    data = event.data
    if event.lead_id is None or data.get("fact") != "owner" or data.get("of_many", 1) > 1:
        return
    was, now = (UUID(str(data[name])) if data.get(name) else None for name in ("was", "now"))
    follow_owners([event.lead_id], was, now)


def follow_owners(lead_ids: Iterable[UUID], was: UUID | None, now: UUID | None) -> None:
    """Give the conversations about these leads to who looks after them now, if they were with who did before.

    One that was given to somebody else on purpose stays theirs.
    """
    with seeing_all():
        db.session.execute(
            update(Conversation)
            .where(
                Conversation.workspace_id == current_workspace_id(), Conversation.lead_id == one_among(lead_ids),
                Conversation.owner_id.is_not_distinct_from(was),
            )
            .values(owner_id=now, version=Conversation.version + 1)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    announce({INBOX})


def wait_again(event: Event) -> None:
    """The reaction to a message being taken back: where it was our answer, the customer has the last word again."""
    here, newest = current_workspace_id(), aliased(Message)
    taken_back = select(Message.contact_id).where(Message.workspace_id == here, Message.id == event.subject_id)
    last_said = (
        select(newest.direction)
        .where(
            newest.workspace_id == here, newest.contact_id == Conversation.contact_id,
            newest.state != fixed("cancelled"), or_(newest.direction == fixed("in"), newest.created_by.is_not(None)),
        )
        .order_by(newest.created_at.desc(), newest.id.desc())
        .limit(1)
        .correlate(Conversation)
    )  # fmt: skip
    with seeing_all():
        db.session.flush()
        db.session.execute(
            update(Conversation)
            .where(
                Conversation.workspace_id == here, Conversation.contact_id == taken_back.scalar_subquery(),
                Conversation.last_direction == fixed("out"), last_said.scalar_subquery() == fixed("in"),
            )
            .values(last_direction="in", version=Conversation.version + 1)
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def _set_unread(conversation_id: UUID, count: int) -> Conversation:
    found = get_conversation(conversation_id)
    is_unread = found.unread_count > 0
    if is_unread != (count > 0):
        found.unread_count = count
        db.session.flush()
        announce({INBOX, topic("conversation", found.id)})
    return found


def _is_active(user_id: UUID) -> bool:
    query = select(Membership.id).where(
        Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id,
        Membership.deactivated_at.is_(None),
    )  # fmt: skip
    return db.session.execute(query).first() is not None


def _text(user_id: UUID | None) -> str | None:
    return str(user_id) if user_id else None


def _tell(name: str, conversation: Conversation, actor: Actor, data: dict[str, Any]) -> None:
    db.session.flush()
    publish(
        Event(
            name, conversation.workspace_id, actor, "conversation", conversation.id, lead_id=conversation.lead_id,
            data=data, topics=frozenset({INBOX, topic("conversation", conversation.id)}),
        )
    )  # fmt: skip
