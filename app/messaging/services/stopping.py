"""Messages that nobody wants sent any more: because their lead has come to its end, or its customer has answered.

What waits is taken back at once. What a worker has in its hands can't be, and is not waited for either: the worker may
in turn wait for the lead, which whoever stops its messages holds. So that the sending is called off is written down as
work of its own about that work. Whoever would hand the message over once more looks there first (`called_off`), and
whoever does that work ends the message when it is back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select

from app.core import outbox
from app.core.events import Event
from app.core.ids import new_id
from app.core.models import fixed, one_among
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.services.composing import SEND, locked_messages, tell, unsend_waiting
from app.messaging.services.outcomes import mark_uncertain

TAKE_BACK = "message.take_back"
#: A lead never has more than a few that wait; what is beyond leaves.
_MOST = 20
_NOT_ENDED = ("ready", "leased", "dead")


def stop_unsent(event: Event) -> None:
    """The reaction to a lead being moved to a final stage by someone who was told what that stops."""
    if event.lead_id is not None and event.data.get("stops_messages"):
        take_back(_of_leads([event.lead_id]), event.actor)


def stop_answered(event: Event) -> None:
    """The reaction to a quote's answer: what was still to leave was written before it, and would chase in vain.

    What somebody wrote to this customer in words of their own leaves all the same: it may say what they were asked.
    """
    if event.lead_id is not None:
        nobodys_words = or_(
            Message.created_by.is_(None), and_(Message.template_key.is_not(None), Message.answers_id.is_(None))
        )
        take_back(_of_leads([event.lead_id]).where(nobodys_words), event.actor)


def stop_shelved(event: Event) -> None:
    """The reaction to leads being put away: what has not left yet stays here. Putting them back sends nothing."""
    take_back(_of_leads([UUID(each) for each in event.data["lead_ids"]]), event.actor)


def take_back(found: Select[Any], actor: Actor) -> Sequence[UUID]:
    """Take back those of the messages found (a selection of ids) that have not left, and call off the sending of those
    that are in a worker's hands. Returns the ids of those that were taken back.
    """
    not_left = Message.state.in_([fixed("queued"), fixed("sending")])
    rows = db.session.execute(found.where(not_left).add_columns(Message.state)).all()
    waiting = unsend_waiting([row.id for row in rows if row.state == "queued"], actor)
    in_hand = {row.id for row in rows} - set(waiting)
    for item_id in _sending_of(in_hand) if in_hand else ():
        outbox.enqueue(TAKE_BACK, item_id, dedupe_key=str(new_id()))  # that of a reply and of a yes may come together
    return waiting


def stopped_since(lead_id: UUID, at: datetime) -> Sequence[UUID]:
    """What was to leave to a lead's customer at a moment and was taken back since, by no sequence's writing; what is in
    a worker's hands, its sending called off, is called off no more.
    """
    here = current_workspace_id()
    theirs = (Message.workspace_id == here, Message.lead_id == lead_id, Message.direction == fixed("out"))
    sending = select(OutboxItem.id).join(
        Message, (Message.workspace_id == OutboxItem.workspace_id) & (Message.id == OutboxItem.subject_id)
    )
    in_hand = sending.where(*theirs, OutboxItem.kind == fixed(SEND), OutboxItem.state == fixed("leased"))
    outbox.cancel(TAKE_BACK, list(db.session.scalars(in_hand)))
    ended_since = exists().where(
        OutboxItem.workspace_id == here, OutboxItem.subject_id == Message.id, OutboxItem.kind == fixed(SEND),
        OutboxItem.finished_at >= at,
    )  # fmt: skip
    of_sequence = exists().where(
        FollowUp.workspace_id == here, FollowUp.message_id == Message.id, FollowUp.enrolment_id.is_not(None)
    )
    found = select(Message.id).where(
        *theirs, Message.state == fixed("cancelled"), Message.created_at <= at, ended_since, ~of_sequence
    )
    return db.session.scalars(found.order_by(Message.created_at, Message.id).limit(_MOST)).all()


def called_off(item_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these pieces of work, that of sending a message each, were called off."""
    query = select(OutboxItem.subject_id).where(
        OutboxItem.workspace_id == current_workspace_id(), OutboxItem.subject_id == one_among(item_ids),
        OutboxItem.kind == fixed(TAKE_BACK), OutboxItem.state.in_([fixed("ready"), fixed("leased")]),
    )  # fmt: skip
    return set(db.session.scalars(query))


def end_called_off(message: Message, item_id: UUID) -> None:
    """End a locked message whose sending was called off and that nobody has in hand: it was taken back, or nobody knows
    whether it arrived, where that is so of an attempt of this sending.
    """
    unclear = db.session.scalar(
        select(DeliveryAttempt.error)
        .join(OutboxItem, (OutboxItem.workspace_id == DeliveryAttempt.workspace_id) & (OutboxItem.id == item_id))
        .where(
            DeliveryAttempt.workspace_id == current_workspace_id(), DeliveryAttempt.message_id == message.id,
            DeliveryAttempt.outcome == fixed("unclear"), DeliveryAttempt.begun_at >= OutboxItem.created_at,
        )
        .order_by(DeliveryAttempt.attempt.desc())
        .limit(1)
    )  # fmt: skip
    if unclear is not None:
        mark_uncertain(message, unclear)
        return
    message.state = "cancelled"
    db.session.flush()
    tell("message.unsent", message, SYSTEM)


def take_back_if_free(item_id: UUID) -> bool:
    """End the message whose sending, this piece of work, was called off; False while somebody has it in hand."""
    here = current_workspace_id()
    which = (OutboxItem.workspace_id == here, OutboxItem.id == item_id)
    message_id = db.session.scalar(select(OutboxItem.subject_id).where(*which))
    message = locked_messages([message_id] if message_id else []).get(message_id)  # type: ignore[arg-type]
    state = db.session.scalar(select(OutboxItem.state).where(*which))
    if message is None or state not in _NOT_ENDED:
        return True
    if message.state == "queued":
        end_called_off(message, item_id)
        outbox.cancel(SEND, [message.id])
    return message.state != "sending" or state == "dead"


def _of_leads(lead_ids: Sequence[UUID]) -> Select[Any]:
    return (
        select(Message.id)
        .where(
            Message.workspace_id == current_workspace_id(), Message.lead_id == one_among(lead_ids),
            Message.direction == fixed("out"),
        )
        .order_by(Message.created_at)
        .limit(_MOST * len(lead_ids))
    )  # fmt: skip


def _sending_of(message_ids: Iterable[UUID]) -> Sequence[UUID]:
    """The work of sending messages, as far as it has not ended."""
    query = select(OutboxItem.id).where(
        OutboxItem.workspace_id == current_workspace_id(), OutboxItem.subject_id == one_among(message_ids),
        OutboxItem.kind == fixed(SEND), OutboxItem.state.in_([fixed("ready"), fixed("leased")]),
    )  # fmt: skip
    return db.session.scalars(query).all()
