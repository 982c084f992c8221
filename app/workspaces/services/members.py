"""Who may do what in the workspace: roles given, changed and taken away, at once."""

from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.events import Event, publish
from app.core.permissions import ROLES, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.workspaces.models import Membership

_LAST_OWNER = "A workspace needs an owner. Make someone else an owner first."


def change_role(member_id: UUID, role: str, actor: Actor) -> Membership:
    """Give a member another role; it counts from their next request.

    Raises NotFound, Invalid (unknown role, last owner) and Forbidden: only owners make, change or unmake owners.
    """
    if role not in ROLES:
        raise Invalid({"role": "Choose a role."})
    member, owners = _locked(member_id)
    before = member.role
    if before == role:
        return member
    _check_owners_business(actor, owners, member, role)
    if before == "owner" and _is_last(member, owners):
        raise Invalid({"role": _LAST_OWNER})
    member.role = role
    db.session.flush()
    _tell("member.role_changed", member, actor, {"role": before}, {"role": role})
    return member


def deactivate_member(member_id: UUID, actor: Actor) -> Membership:
    """Shut a member out from their next request on; the row stays, since history names them.

    Raises NotFound, Invalid for the last owner, Forbidden for an owner unless an owner asks.
    """
    member, owners = _locked(member_id)
    if member.deactivated_at is not None:
        return member
    _check_owners_business(actor, owners, member, member.role)
    if member.role == "owner" and _is_last(member, owners):
        raise Invalid({"role": _LAST_OWNER})
    member.deactivated_at = utcnow()
    db.session.flush()
    _tell("member.deactivated", member, actor, {"role": member.role}, None)
    return member


def may_give(giver: str | None, role: str) -> bool:
    """Whether a member with the role `giver` may make somebody `role`: only owners make owners."""
    return role in ROLES and (role != "owner" or giver == "owner")


def _locked(member_id: UUID) -> tuple[Membership, list[Membership]]:
    """The member and the active owners, all locked: two owners can't remove each other at the same time."""
    mine = Membership.workspace_id == current_workspace_id()
    rows = db.session.scalars(
        select(Membership)
        .where(mine, (Membership.id == member_id) | (Membership.role == "owner"))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    ).all()
    member = next((row for row in rows if row.id == member_id), None)
    if member is None:
        raise NotFound
    return member, [row for row in rows if row.role == "owner" and row.deactivated_at is None]


def _check_owners_business(actor: Actor, owners: list[Membership], member: Membership, role: str) -> None:
    if "owner" in (member.role, role) and actor.user_id not in {owner.user_id for owner in owners}:
        raise Forbidden


def _is_last(member: Membership, owners: list[Membership]) -> bool:
    return [owner.id for owner in owners] == [member.id]


def _tell(name: str, member: Membership, actor: Actor, before: dict | None, after: dict | None) -> None:
    publish(
        Event(
            name, member.workspace_id, actor, "member", member.id, before=before, after=after,
            data={"user_id": str(member.user_id)},
        )
    )  # fmt: skip
