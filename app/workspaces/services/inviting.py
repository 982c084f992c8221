"""Bringing people in: an invitation by email, opened once."""

from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.core import access_keys, email_addresses
from app.core.clock import utcnow
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.events import Event, publish
from app.core.permissions import ROLES, Actor
from app.core.tenancy import Scope, current_workspace_id, enter
from app.extensions import db
from app.workspaces.models import Invitation, Membership, Workspace
from app.workspaces.queries import current_workspace, open_invitations
from app.workspaces.services.members import may_give

LIFE = timedelta(days=7)


def invite(email: str, role: str, actor: Actor, *, inviter_role: str) -> Invitation:
    """Send someone a link that makes them a member with `role`. An older open invitation of theirs is withdrawn.

    Raises Invalid for what is no address, an unknown role or someone who is a member already; Forbidden when only an
    owner may give the role.
    """
    address = email_addresses.parse(email)
    if address is None:
        raise Invalid({"email": "Enter an email address, like name@example.com."})
    if not may_give("owner", role):
        raise Invalid({"role": "Choose a role."})
    if not may_give(inviter_role, role):
        raise Forbidden
    if _is_member(address):
        raise Invalid({"email": "They are a member already."})
    for older in open_invitations():
        if older.email == address:
            _close(older)
    assert actor.user_id is not None
    invitation = Invitation(email=address, role=role, invited_by=actor.user_id, expires_at=utcnow() + LIFE)
    db.session.add(invitation)
    db.session.flush()
    secret = access_keys.new_secret()
    access_keys.register("invitation", secret, invitation.workspace_id, invitation.id, invitation.expires_at)
    _write(invitation, secret, actor)
    _tell("member.invited", invitation, actor, {"email": address, "role": role})
    return invitation


def withdraw_invitation(invitation_id: UUID, actor: Actor) -> None:
    """Make an open invitation open nothing any more. Raises NotFound."""
    invitation = db.session.get(Invitation, (current_workspace_id(), invitation_id), with_for_update=True)
    if invitation is None or invitation.accepted_at is not None:
        raise NotFound
    _close(invitation)
    _tell("member.invitation_withdrawn", invitation, actor, {"email": invitation.email})


def invitation_by_key(key: str) -> tuple[Invitation, Workspace]:
    """What the link opens, entering its workspace. Raises NotFound when it was used, withdrawn or has expired."""
    found = access_keys.find("invitation", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "all"))
    invitation = db.session.get(Invitation, (found.workspace_id, found.target_id))
    if invitation is None or not _stands(invitation):
        raise NotFound
    return invitation, current_workspace()


def accept_invitation(invitation: Invitation, user: User, actor: Actor) -> Membership:
    """Make `user` a member, or an active one again. The link opens nothing from now on.

    Raises Forbidden when it was sent to another address, NotFound when it was accepted a moment ago.
    """
    db.session.refresh(invitation, with_for_update=True)
    if not _stands(invitation):
        raise NotFound
    if invitation.email != user.email:
        raise Forbidden
    member = _membership_of(user.id)
    if member is None:
        member = Membership(user_id=user.id, role=invitation.role)
        db.session.add(member)
    elif member.deactivated_at is not None:
        member.role, member.deactivated_at = invitation.role, None
    invitation.accepted_at, invitation.accepted_by = utcnow(), user.id
    db.session.flush()
    publish(
        Event("member.joined", member.workspace_id, actor, "member", member.id, after={"role": member.role},
              data={"user_id": str(user.id), "invitation_id": str(invitation.id)})
    )  # fmt: skip
    return member


def joined_by(key: str, user_id: UUID) -> Workspace | None:
    """The workspace that this person has joined by the link and still belongs to, entering it: they may press twice."""
    found = access_keys.find("invitation", key)
    if found is None:
        return None
    enter(Scope(found.workspace_id, None, "all"))
    invitation, member = db.session.get(Invitation, (found.workspace_id, found.target_id)), _membership_of(user_id)
    is_theirs = invitation is not None and invitation.accepted_by == user_id
    return current_workspace() if is_theirs and member is not None and member.deactivated_at is None else None


def _stands(invitation: Invitation) -> bool:
    """Whether it can still be accepted: unused, in time, and whoever sent it might still send it today.

    Someone who is shut out must not come back in by an invitation that they sent to another address of theirs.
    """
    if invitation.accepted_at is not None or invitation.expires_at <= utcnow():
        return False
    return may_still_send(_membership_of(invitation.invited_by), invitation.role)


def may_still_send(inviter: Membership | None, role: str) -> bool:
    """Whether whoever sent an invitation might send it today: its link opens nothing while they might not."""
    return (
        inviter is not None
        and inviter.deactivated_at is None
        and "members:write" in ROLES[inviter.role]
        and may_give(inviter.role, role)
    )


def _is_member(email: str) -> bool:
    query = select(Membership.id).join(User, User.id == Membership.user_id)
    query = query.where(
        Membership.workspace_id == current_workspace_id(), User.email == email, Membership.deactivated_at.is_(None)
    )
    return db.session.execute(query).first() is not None


def _membership_of(user_id: UUID) -> Membership | None:
    query = select(Membership).where(Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id)
    return db.session.execute(query).scalar_one_or_none()


def _close(invitation: Invitation) -> None:
    invitation.expires_at = utcnow()
    access_keys.revoke("invitation", invitation.workspace_id, invitation.id)
    db.session.flush()


def _write(invitation: Invitation, secret: str, actor: Actor) -> None:
    from app.messaging.services import compose  # messaging reads workspaces; at import time it would be a circle

    workspace = current_workspace()
    link = f"{current_app.extensions['config'].public_url}/invite/{secret}"
    words = {"workspace": workspace.name, "inviter": actor.name, "role": invitation.role, "link": link}
    body = current_app.jinja_env.get_template("workspaces/invitation.txt").render(**words)
    compose(
        None, "email", recipient=invitation.email, subject=f"{actor.name} invites you to {workspace.name} on Sill",
        body=body, created_by=actor.user_id, resend_when_unsure=True, actor=actor,
    )  # fmt: skip


def _tell(name: str, invitation: Invitation, actor: Actor, after: dict) -> None:
    publish(Event(name, invitation.workspace_id, actor, "invitation", invitation.id, after=after))
