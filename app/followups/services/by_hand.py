"""What a person plans with a lead in their own words and at their own time, moves, and renames."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.activities.models import Activity
from app.activities.services import record_activity
from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.queries.steps import AUTOMATIC
from app.followups.services.locking import locked
from app.followups.services.naming import is_by_hand, named
from app.followups.services.next_act import refresh_next_act
from app.leads.models import Lead
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace

#: What can be planned: key -> (kind, its title).
WHAT = {
    "call": ("call", "Call"), "email": ("task", "Write an email"), "visit": ("task", "Visit"), "task": ("task", "Task"),
}  # fmt: skip
#: Says nothing by itself: words are wanted.
_BARE = "task"
LONGEST_NAME = 80
_RENAMED = "follow_up.renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a planned act: `version` is the one that the person saw, None keeps what there is."""

    version: int
    title: str | None = None
    due_at: datetime | None = None


def plan_by_hand(lead_id: UUID, what: str, words: str, due_at: datetime, actor: Actor) -> FollowUp:
    """Plan a call or a task with a lead: it stays until someone does it or skips it, whatever the stage.

    `words` name it, up to 80 characters; they are sealed, since they may be about the customer. Raises NotFound,
    Invalid for `what` and `title`, or Conflict for a lead that is put away.
    """
    if what not in WHAT:
        raise Invalid({"what": "Choose what is to be done."})
    kind, title = WHAT[what]
    own = _name(words) if words.strip() or what == _BARE else None
    lead = get_lead(lead_id, lock=True)
    if lead.shelf != "desk":
        raise Conflict(f"{lead.number} is put away. Put it back first.")
    act = FollowUp(lead_id=lead.id, kind=kind, title=title, words=own, due_at=due_at, state="planned")
    db.session.add(act)
    db.session.flush()
    refresh_next_act(lead.id)
    record_activity(
        lead, "follow_up", "follow_up.planned", actor, subject_id=act.id, **named(act, when=_when(due_at))
    )  # fmt: skip
    return act


def planned_act(follow_up_id: UUID) -> tuple[FollowUp, Lead]:
    """An act that a person may move, and its lead, both held until the end of the transaction.

    Raises NotFound, or Conflict when it is settled or leaves by itself.
    """
    act, lead = locked(follow_up_id)
    if act.state != "planned" or act.kind in AUTOMATIC:
        raise Conflict("This was settled a moment ago, by someone else or by Sill.")
    return act, lead


def change_act(follow_up_id: UUID, change: Change, actor: Actor) -> FollowUp:
    """Move a planned act to another time, and rename one that was planned by hand.

    Raises NotFound, Invalid for `title`, or Conflict when it was settled or changed since it was seen.
    """
    act, lead = planned_act(follow_up_id)
    if act.version != change.version:
        raise Conflict("Someone else changed this a moment ago, so yours was not saved over it.")
    if change.title is not None and is_by_hand(act):
        name = _name(change.title)
        if name != act.name:
            was = act.name
            _rename(act, name)
            record_activity(
                lead, "follow_up", _RENAMED, actor, body=was, data={"kind": act.kind}, subject_id=act.id
            )  # fmt: skip
    if change.due_at is not None and change.due_at != act.due_at:
        act.due_at = change.due_at
        when = _when(change.due_at)
        record_activity(lead, "follow_up", "follow_up.postponed", actor, subject_id=act.id, **named(act, when=when))
    refresh_next_act(lead.id)
    return act


def take_back_name(act: FollowUp, since: datetime, upto: datetime, actor: Actor) -> None:
    """Give an act the name back that this person took from it between these moments."""
    line = db.session.scalars(
        select(Activity)
        .where(
            Activity.workspace_id == current_workspace_id(), Activity.lead_id == act.lead_id, Activity.at >= since,
            Activity.at <= upto, Activity.actor_id == actor.user_id, Activity.event == _RENAMED,
            Activity.subject_id == act.id,
        )
        .order_by(Activity.at)
        .limit(1)
    ).first()  # fmt: skip
    if line is not None and line.body:
        _rename(act, line.body)
        refresh_next_act(act.lead_id)


def _rename(act: FollowUp, name: str) -> None:
    act.words = None if name == act.title else name


def _name(words: str) -> str:
    name = " ".join(words.split())
    if not name:
        raise Invalid({"title": "Say what is to be done, like “Ask about the gate”."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"title": f"Keep it under {LONGEST_NAME} characters; a note has room for more."})
    return name


def _when(at: datetime) -> str:
    local = at.astimezone(current_workspace().clock().zone)
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
