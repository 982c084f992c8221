"""What the frame of every page counts, by one statement."""

from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, Uuid, bindparam, func, or_, select, union_all

from app.core.clock import utcnow
from app.core.models import fixed
from app.core.outbox import OutboxItem
from app.core.tenancy import current_scope, current_workspace_id, seeing_all
from app.extensions import db
from app.lead_forms.queries import held_sendings, quarantine_count
from app.leads.models import NOBODY, Lead, Stage, StageCounter
from app.messaging.models import Arrival, Conversation, Message
from app.notifications.models import Notification

#: A badge that says more than this says "many"; counting on would only cost time.
MOST_COUNTED = 99


def _badges() -> Select[tuple[int, int, int, int, int, int, int, int]]:
    here = bindparam("here", type_=Uuid)
    ready = (
        select(func.coalesce(func.sum(StageCounter.leads), 0))
        .join(Stage, (Stage.workspace_id == StageCounter.workspace_id) & (Stage.id == StageCounter.stage_id))
        .where(StageCounter.workspace_id == here, Stage.key == "ready_for_squeegee", _theirs())
    )
    stuck = (
        select(Message.id)
        .where(Message.workspace_id == here, Message.state.in_([fixed("failed"), fixed("uncertain")]))
        .limit(MOST_COUNTED)
    )
    dead = (
        select(OutboxItem.id)
        .where(OutboxItem.workspace_id == here, OutboxItem.state == fixed("dead"))
        .limit(MOST_COUNTED)
    )
    unread = (
        select(Notification.id)
        .where(
            Notification.workspace_id == here,
            Notification.user_id == _PERSON,
            Notification.read_at.is_(None),
        )
        .limit(MOST_COUNTED + 1)
    )
    owners = (Lead.owner_id == _PERSON, Lead.owner_id.is_(None))
    due = union_all(*(select(_due(here, owner).subquery()) for owner in owners))
    counted = (stuck, dead, unread, due, held_sendings(here), *_inbox(here))
    return select(
        ready.scalar_subquery(),
        *(select(func.count()).select_from(query.subquery()).scalar_subquery() for query in counted),
    )


def _theirs() -> ColumnElement[bool]:
    """Counters of leads that the member sees: counters have no policy that would leave out colleagues'."""
    return or_(bindparam("sees_all", type_=Boolean), StageCounter.owner_key.in_([_PERSON, NOBODY]))


def _inbox(here: ColumnElement[UUID]) -> tuple[Select[tuple[UUID]], Select[tuple[UUID]]]:
    """Conversations that hold something unread, and what came in and waits to be placed."""
    awake = or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= bindparam("now"))
    conversations = (
        select(Conversation.id)
        .where(Conversation.workspace_id == here, Conversation.unread_count > fixed(0), awake)
        .order_by(Conversation.last_at.desc())
        .limit(MOST_COUNTED + 1)
    )
    waiting = (
        select(Arrival.id)
        .where(Arrival.workspace_id == here, Arrival.state == fixed("waiting"))
        .limit(MOST_COUNTED + 1)
    )
    return conversations, waiting


def _due(here: ColumnElement[UUID], owner: ColumnElement[bool]) -> Select[tuple[UUID]]:
    """Leads of an owner whose next act is due, no more than a badge can say."""
    return (
        select(Lead.id)
        .where(Lead.workspace_id == here, Lead.shelf == fixed("desk"), owner, Lead.next_act_at <= bindparam("now"))
        .order_by(Lead.owner_id, Lead.next_act_at)  # the same owner throughout, so that the index by owner is in order
        .limit(MOST_COUNTED + 1)
    )


_PERSON = bindparam("person", type_=Uuid)
_BADGES = _badges()


def badge_counts() -> dict[str, int]:
    """What the desk's frame counts: leads ready for Squeegee, messages or work that need a person's look, what the
    member in scope has not read in the bell, which of their own and nobody's leads are due, what the website's forms
    hold back, and what is unread in the inbox or waits there to be placed (that alone: `to_place`).
    """
    scope = current_scope()
    given = {
        "here": current_workspace_id(), "person": scope.user_id, "now": utcnow(),
        "sees_all": scope.sees in ("all", "read"),
    }  # fmt: skip
    ready, stuck, dead, unread, due, held, talks, arrivals = db.session.execute(_BADGES, given).one()
    if scope.sees == "own":  # what is held back is nobody's lead yet: whoever may decide about it sees it all
        with seeing_all():
            held = quarantine_count()
    return {
        "ready": int(ready), "outbox_attention": min(stuck + dead, MOST_COUNTED), "unread": unread,
        "my_day": min(due, MOST_COUNTED + 1), "held_back": held, "inbox": min(talks + arrivals, MOST_COUNTED + 1),
        "to_place": arrivals,
    }  # fmt: skip
