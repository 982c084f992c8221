"""The kinds of bulk acts: how each is done to some leads, and how it is taken back from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.bulk_acts.services.chasing import (
    leave_ended,
    pause_again,
    pause_all,
    put_on,
    resume_all,
    stop_all,
    take_off,
    unpause,
)
from app.bulk_acts.services.deleting import delete_from_bin
from app.bulk_acts.services.moving import move, put_back_moved
from app.bulk_acts.services.tagging import tag, tag_again, tag_no_more, untag
from app.bulk_acts.services.writing import take_messages_back, write
from app.core.errors import NotFound
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import give_to, put_on_shelf, set_priority
from app.messaging.services.conversations import follow_owners
from app.workspaces.queries import member_choices

Before = dict[UUID, dict[str, Any]]
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`apply(lead_ids, parameters, actor)` changes what it can and returns what each changed lead was before; as
    `outcomes.Done` it also says why others were left out.

    `undo(before, parameters, actor)` puts back those that still are as the act left them, and returns their ids.
    `permission`: what it takes besides leads:write. `at_once`: so many leads are done within the request.
    `is_lasting`: it can't be undone.
    """

    apply: Callable[[Sequence[UUID], Parameters, Actor], Before]
    undo: Callable[[Before, Parameters, Actor], set[UUID]]
    permission: str = "leads:write"
    at_once: int = 500
    is_lasting: bool = False


def _assign(ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Before:
    owner_id = _id(parameters["owner_id"])
    if owner_id and str(owner_id) not in dict(member_choices()):  # they left while the worker was at it
        raise NotFound
    return _give(ids, owner_id, actor)


def _unassign(before: Before, parameters: Parameters, actor: Actor) -> set[UUID]:
    groups = _still(before, Lead.owner_id, _id(parameters["owner_id"]), "owner_id")
    return _each(groups, lambda ids, was: _give(ids, _id(was), actor))


def _give(ids: Sequence[UUID], owner_id: UUID | None, actor: Actor) -> Before:
    """Give the leads away, and their conversations with them."""
    before = give_to(ids, owner_id, actor)
    for was in {each["owner_id"] for each in before.values()}:
        theirs = [lead_id for lead_id, each in before.items() if each["owner_id"] == was]
        follow_owners(theirs, _id(was), owner_id)
    return before


def _priority(ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Before:
    return set_priority(ids, parameters["priority"], actor)


def _unpriority(before: Before, parameters: Parameters, actor: Actor) -> set[UUID]:
    groups = _still(before, Lead.priority, parameters["priority"], "priority")
    return _each(groups, lambda ids, was: set_priority(ids, was, actor))


def _to_shelf(shelf: str) -> Kind:
    def apply(ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Before:
        return put_on_shelf(ids, shelf, actor)

    def undo(before: Before, parameters: Parameters, actor: Actor) -> set[UUID]:
        groups = _still(before, Lead.shelf, shelf, "shelf")
        return _each(groups, lambda ids, was: put_on_shelf(ids, was, actor))

    return Kind(apply, undo)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _still(before: Before, column: Any, value: Any, name: str) -> dict[Any, list[UUID]]:
    """The leads whose `column` still is what the act made it, by what `name` was before."""
    query = select(Lead.id).where(
        Lead.workspace_id == current_workspace_id(), Lead.id == one_among(before),
        column.is_(None) if value is None else column == value,
    )  # fmt: skip
    groups: dict[Any, list[UUID]] = {}
    for lead_id in db.session.scalars(query.order_by(Lead.id).with_for_update(key_share=True)):
        groups.setdefault(before[lead_id][name], []).append(lead_id)
    return groups


def _each(groups: dict[Any, list[UUID]], put_back: Callable[[list[UUID], Any], Before]) -> set[UUID]:
    return {lead_id for was, ids in groups.items() for lead_id in put_back(ids, was)}


KINDS: dict[str, Kind] = {
    "assign": Kind(_assign, _unassign, permission="leads:assign"),
    "move": Kind(move, put_back_moved, at_once=20),
    "tag": Kind(tag, tag_no_more),
    "untag": Kind(untag, tag_again),
    "priority": Kind(_priority, _unpriority),
    "archive": _to_shelf("archive"),
    "bin": _to_shelf("bin"),
    "restore": _to_shelf("desk"),
    "enrol": Kind(put_on, take_off, at_once=20),
    "pause_chase": Kind(pause_all, unpause, permission="leads:assign", at_once=20),
    "resume_chase": Kind(resume_all, pause_again, permission="leads:assign", at_once=20),
    "stop_chase": Kind(stop_all, leave_ended, permission="leads:assign", at_once=20, is_lasting=True),
    "delete": Kind(delete_from_bin, leave_ended, permission="leads:delete", at_once=50, is_lasting=True),
    "message": Kind(write, take_messages_back, permission="messages:write", at_once=20),
}

__all__ = ["KINDS", "Before", "Kind", "Parameters"]
