"""How new leads are shared out: by which rule, and who takes them. leads/services/assigning.py does it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import ROLES, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.workspaces.models import Membership, Workspace

_CONFLICT = "Someone else changed this while you had it open. Look at both, then save again to keep yours."
_NOBODY = "Tick at least one member, or switch it off: otherwise nobody gets a lead."


@dataclass(frozen=True, slots=True)
class Taking:
    """Whether a member takes new leads, and from which postcode districts; none means from anywhere."""

    takes_leads: bool
    districts: list[str]


def may_take_leads(member: Membership) -> bool:
    """Whether new leads can be given to the member: active, in a role that works on leads."""
    return member.deactivated_at is None and "leads:write" in ROLES[member.role]


def sharing_mark(workspace: Workspace, members: Sequence[Membership]) -> str:
    """A short mark of how leads are shared out now: a page sends back the one it was made with."""
    takers = sorted((str(each.id), each.takes_leads, list(each.districts)) for each in members if may_take_leads(each))
    return hashlib.sha256(json.dumps([workspace.assignment_mode, takers]).encode()).hexdigest()[:16]


def change_sharing_out(
    workspace: Workspace, mode: str, takings: Mapping[UUID, Taking], seen: str, actor: Actor
) -> None:
    """Set the rule and, by the id of the membership, what each member takes; members left out take nothing.

    Raises Conflict when it no longer is what its editor saw, and Invalid when by this rule nobody would get a lead.
    """
    db.session.refresh(workspace, with_for_update=True)
    members = _held()
    if sharing_mark(workspace, members) != seen:
        raise Conflict(_CONFLICT)
    able = {member.id: member for member in members if may_take_leads(member)}
    wanted = {member_id: takings.get(member_id, Taking(False, [])) for member_id in able}
    if mode != "off" and not any(taking.takes_leads for taking in wanted.values()):
        raise Invalid({"takers": _NOBODY})
    before, after = _state(workspace, able), {"mode": mode, **{str(key): _plain(each) for key, each in wanted.items()}}
    if before == after:
        return
    workspace.assignment_mode = mode
    for member_id, taking in wanted.items():
        able[member_id].takes_leads, able[member_id].districts = taking.takes_leads, taking.districts
    db.session.flush()
    publish(
        Event(
            "workspace.settings_changed", workspace.id, actor, "workspace", workspace.id, before=before, after=after,
            data={"section": "assignment"},
        )
    )  # fmt: skip


def _held() -> list[Membership]:
    query = select(Membership).where(Membership.workspace_id == current_workspace_id()).order_by(Membership.id)
    return list(
        db.session.scalars(query.with_for_update(of=Membership).execution_options(populate_existing=True)).unique()
    )


def _state(workspace: Workspace, members: Mapping[UUID, Membership]) -> dict[str, Any]:
    takings = {str(key): _plain(Taking(each.takes_leads, list(each.districts))) for key, each in members.items()}
    return {"mode": workspace.assignment_mode, **takings}


def _plain(taking: Taking) -> dict[str, Any]:
    return {"takes_leads": taking.takes_leads, "districts": taking.districts}
