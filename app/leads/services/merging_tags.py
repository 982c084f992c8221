"""Merging one tag into another, and taking it back for a short time.

Which leads the tag hung on is kept as a bulk act, so that taking it back puts it where it was, but for leads that have
lost the other tag since: those somebody has changed. Views and sequences that ask for the tag ask for the other one
from then on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, cast, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app.bulk_acts.models import BulkAct, BulkActLead
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid, NotFound
from app.core.holding import hold_list
from app.core.loading import load_one
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import LeadTag, SavedView, Tag
from app.leads.queries.tagging import all_tags
from app.leads.services.tag_list import held_tag, remove_tag_row, tell_of_tag
from app.leads.services.tagging import MOST_TAGS, TAGS

#: For so long taking it back is taken: the offer stands for 30 seconds, longer while it is pointed at.
UNDO = timedelta(seconds=60)
_NOT_BOTH = BulkActLead.before["both"].astext == "false"


def merge_tags(tag_id: UUID, into_id: UUID | None, version: int, actor: Actor) -> BulkAct:
    """Hang the tag `into_id` wherever `tag_id` hangs, and delete that one. Returns the act, by which it is taken back.

    As many statements for many leads as for one. Raises NotFound, Conflict and Invalid({"into": ...}).
    """
    hold_list(TAGS)  # or two who merge two tags into each other would wait for each other
    tag = held_tag(tag_id, version)
    into = db.session.get(Tag, (current_workspace_id(), into_id), with_for_update=True) if into_id else None
    if into is None or into.id == tag.id:
        raise Invalid({"into": "Enter the name of another tag, which stays."})
    if actor.user_id is None:
        raise NotFound
    act = _keep(tag, into, actor.user_id)
    here = current_workspace_id()
    missing = select(literal(here, Uuid), BulkActLead.lead_id, literal(into.id, Uuid)).where(*_of(act), _NOT_BOTH)
    db.session.execute(insert(LeadTag).from_select(["workspace_id", "lead_id", "tag_id"], missing))
    remove_tag_row(tag)
    act.parameters = {**act.parameters, "views": [str(each) for each in _refer_views(tag.id, into.id)]}
    tell_of_tag("tag.merged", into, actor, {"name": tag.name}, {"name": into.name}, act.id)
    return act


def take_merge_back(act_id: UUID, actor: Actor) -> BulkAct:
    """Undo one's own merge: the tag is back, on the leads that it hung on and that still have the other one.

    Raises NotFound, and Conflict when it is too late or something stands in its way.
    """
    merge = (BulkAct.workspace_id == current_workspace_id(), BulkAct.id == act_id, BulkAct.kind == "merge_tags")
    act = load_one(select(BulkAct).where(*merge, BulkAct.user_id == actor.user_id), lock=True)
    hold_list(TAGS)
    tag, into = _back(act)
    hangs = LeadTag.lead_id == BulkActLead.lead_id
    still = select(LeadTag.lead_id).where(LeadTag.workspace_id == act.workspace_id, LeadTag.tag_id == into.id)
    kept = ~still.where(hangs).correlate(BulkActLead).exists()
    _run(update(BulkActLead).where(*_of(act), kept).values(outcome="changed"))
    theirs = (*_of(act), BulkActLead.outcome == "done")
    columns = [literal(act.workspace_id, Uuid), BulkActLead.lead_id, literal(tag.id, Uuid)]
    db.session.execute(
        insert(LeadTag).from_select(["workspace_id", "lead_id", "tag_id"], select(*columns).where(*theirs))
    )
    got_it = select(BulkActLead.lead_id).where(*theirs, _NOT_BOTH)
    _run(
        delete(LeadTag).where(
            LeadTag.workspace_id == act.workspace_id, LeadTag.tag_id == into.id, LeadTag.lead_id.in_(got_it)
        )
    )
    _refer_views(into.id, tag.id, [UUID(each) for each in act.parameters.get("views", ())])
    back = _run(update(BulkActLead).where(*theirs).values(outcome="undone"))
    act.state, act.finished_at, act.undo_until = "undone", utcnow(), None
    act.parameters = {**act.parameters, "back": back}
    tell_of_tag("tag.unmerged", tag, actor, {"name": into.name}, {"name": tag.name}, act.id)
    return act


def _keep(tag: Tag, into: Tag, user_id: UUID) -> BulkAct:
    """Write down where the tag hangs, and on which of those leads the other one hangs as well."""
    now = utcnow()
    told = {
        "tag_id": str(tag.id), "merged": tag.name, "colour": tag.colour, "created_at": tag.created_at.isoformat(),
        "into_id": str(into.id), "name": into.name,
    }  # fmt: skip
    act = BulkAct(
        user_id=user_id, kind="merge_tags", parameters=told, state="done", finished_at=now, undo_until=now + UNDO
    )
    db.session.add(act)
    db.session.flush()
    here = act.workspace_id
    having = select(LeadTag.lead_id).where(LeadTag.workspace_id == here, LeadTag.tag_id == into.id)
    rows = select(
        literal(here, Uuid), literal(act.id, Uuid), LeadTag.lead_id,
        func.row_number().over(order_by=LeadTag.lead_id).cast(Integer),
        func.jsonb_build_object(literal("both", Text), LeadTag.lead_id.in_(having)).cast(JSONB), literal("done", Text),
    ).where(LeadTag.workspace_id == here, LeadTag.tag_id == tag.id)  # fmt: skip
    names = ["workspace_id", "bulk_act_id", "lead_id", "position", "before", "outcome"]
    act.total = act.done = _run(insert(BulkActLead.__table__).from_select(names, rows, include_defaults=False))
    return act


def _back(act: BulkAct) -> tuple[Tag, Tag]:
    """The merged tag, made anew as it was, and the one it was merged into. Raises Conflict."""
    told = act.parameters
    if act.state == "undone":
        raise Conflict("This is undone already.")
    if act.undo_until is None or act.undo_until < utcnow():
        raise Conflict("It is too late to undo this.")
    into = db.session.get(Tag, (act.workspace_id, UUID(told["into_id"])), with_for_update=True, populate_existing=True)
    if into is None:
        raise Conflict(f"The tag {told['name']} is gone by now, so the merge stays.")
    tags = all_tags()
    if any(tag.name.casefold() == told["merged"].casefold() for tag in tags):
        raise Conflict(f"There is a new tag called {told['merged']} by now. Rename that one first.")
    if len(tags) >= MOST_TAGS:
        raise Conflict(f"There are {MOST_TAGS} tags already. Merge or delete some first.")
    created_at = datetime.fromisoformat(told["created_at"])
    tag = Tag(id=UUID(told["tag_id"]), name=told["merged"], colour=told["colour"], created_at=created_at)
    db.session.add(tag)
    db.session.flush()
    return tag, into


def _refer_views(was: UUID, now: UUID, among: Iterable[UUID] | None = None) -> list[UUID]:
    """Let views ask for another tag, everybody's; which they were. One that asks for both is right as it is."""
    words = cast(SavedView.query, Text)
    which = [SavedView.workspace_id == current_workspace_id(), words.contains(str(was)), ~words.contains(str(now))]
    if among is not None:
        which.append(SavedView.id == one_among(among))
    with acting_in(current_workspace_id()):
        changed = db.session.scalars(
            update(SavedView)
            .where(*which)
            .values(query=cast(func.replace(words, str(was), str(now)), JSONB), version=SavedView.version + 1)
            .returning(SavedView.id)
            .execution_options(synchronize_session=False)
        )
        return list(changed)


def _of(act: BulkAct) -> tuple[ColumnElement[bool], ...]:
    return BulkActLead.workspace_id == act.workspace_id, BulkActLead.bulk_act_id == act.id


def _run(statement: Any) -> int:
    """Run it past the session's own objects; returns how many rows it was about."""
    how = {"synchronize_session": False, "preserve_rowcount": True}
    return int(db.session.execute(statement, execution_options=how).rowcount)
