"""The settings of a workspace and its members."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.fragments import answer, fragment, page, redirect_to
from app.core.network import INVITING, SENDING, person_or_block
from app.core.permissions import ROLES, permit
from app.extensions import limiter
from app.lead_forms.services import waiting_count
from app.leads.queries.owned import Owned, owned_by
from app.workspaces import services
from app.workspaces.forms import read_section, read_sharing
from app.workspaces.layout import desk
from app.workspaces.models import Invitation, Membership
from app.workspaces.queries import (
    current_workspace,
    member_choices,
    members,
    open_invitations,
    settings_values,
)
from app.workspaces.services.settings import SECTIONS
from app.workspaces.services.sharing_out import may_take_leads

bp = Blueprint("workspaces", __name__)


@bp.get("/w/<slug>/sidebar")
@permit("leads:read")
def sidebar(slug: str) -> Response:
    """The sidebar's entries with their counts, for a page whose counts have changed meanwhile."""
    return answer(fragment("layouts/_nav.html", **desk(request.args.get("nav", ""))))


@bp.get("/w/<slug>/settings")
@permit("settings:read")
def settings(slug: str) -> Response:
    """All settings on one page."""
    return _page()


@bp.post("/w/<slug>/settings")
@permit("settings:write")
def change_settings(slug: str) -> Response:
    """Store one section."""
    section = request.form.get("section", "")
    if section not in SECTIONS:
        abort(400)
    try:
        values = read_section(section, request.form)
        services.change_settings(current_workspace(), section, values, request.form.get("seen", ""), web.actor())
    except (Invalid, Conflict) as error:
        return _refused(section, error)
    return _saved(section)


@bp.post("/w/<slug>/settings/sharing")
@permit("settings:write")
def change_sharing(slug: str) -> Response:
    """Store by which rule new leads are shared out, and who takes them."""
    try:
        mode, takings = read_sharing(request.form, members())
        services.change_sharing_out(current_workspace(), mode, takings, request.form.get("seen", ""), web.actor())
    except (Invalid, Conflict) as error:
        return _refused("assignment", error)
    return _saved("assignment")


@bp.post("/w/<slug>/settings/invitations")
@permit("members:write")
@limiter.limit(SENDING, key_func=person_or_block)
@limiter.limit(INVITING, key_func=person_or_block, deduct_when=lambda response: response.status_code < 400)
def invite(slug: str) -> Response:
    """Send an invitation."""
    try:
        services.invite(
            request.form.get("email", ""), request.form.get("role", ""), web.actor(), inviter_role=g.viewer.role
        )
    except (Invalid, Forbidden) as error:
        return _refused("invite", error)
    return _saved("members", "The invitation is on its way")


@bp.post("/w/<slug>/settings/invitations/<uuid:invitation_id>/withdraw")
@permit("members:write")
def withdraw_invitation(slug: str, invitation_id: UUID) -> Response:
    """Make an invitation's link open nothing."""
    services.withdraw_invitation(invitation_id, web.actor())
    return _saved("members", "The invitation is withdrawn")


@bp.post("/w/<slug>/settings/members/<uuid:member_id>/role")
@permit("members:write")
def change_role(slug: str, member_id: UUID) -> Response:
    """Give a member another role, from their next click on."""
    try:
        services.change_role(member_id, request.form.get("role", ""), web.actor())
    except (Invalid, Forbidden) as error:
        return _refused("members", error)
    return _saved("members")


@bp.post("/w/<slug>/settings/members/<uuid:member_id>/deactivate")
@permit("members:write")
def deactivate_member(slug: str, member_id: UUID) -> Response:
    """Shut a member out."""
    try:
        member = services.deactivate_member(member_id, web.actor())
    except (Invalid, Forbidden) as error:
        return _refused("members", error)
    return _saved(
        "members",
        f"They can't sign in here any more. If leads are theirs, hand them on below.{_still_mailed(member)}",
    )


def _still_mailed(member: Membership) -> str:
    """What the settings send to the address of somebody who is shut out, and where that is changed; "" for nothing."""
    workspace, email = current_workspace(), member.user.email
    sent = {"Enquiries": workspace.notification_email, "Customers’ replies": workspace.reply_email}
    still = " and ".join(what for what, address in sent.items() if address == email)
    return f" {still} still go to {email}: enter another address above." if still else ""


def _saved(section: str, words: str = "Saved") -> Response:
    flash(words, "good")
    return redirect_to(url_for("workspaces.settings", slug=g.workspace.slug, _anchor=section))


def _refused(section: str, error: Invalid | Conflict | Forbidden) -> Response:
    """The page again with everything typed kept: 422 with what is wrong, 409 with what stands now, or 403."""
    typed = request.form.to_dict()
    if isinstance(error, Invalid):
        return _page(422, section=section, typed=typed, errors=error.errors)
    if isinstance(error, Conflict):
        return _page(409, section=section, typed=typed, conflict=error.message)
    return _page(403, section=section, typed=typed, errors={"role": "Only an owner may do this."})


def _page(
    status: int = 200,
    *,
    section: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    conflict: str = "",
) -> Response:
    """The settings; what was typed into `section` stands in place of what is stored."""
    workspace = current_workspace()
    stored = settings_values(workspace)
    marks = {name: services.seen_mark(workspace, fields) for name, fields in SECTIONS.items()}
    everyone = members()
    marks["assignment"] = services.sharing_mark(workspace, everyone)
    if errors and section in marks:  # who mends a slip has seen no more than before
        marks[section] = request.form.get("seen", "")
    may_see_members = g.viewer.can("members:read")
    invitations = open_invitations() if may_see_members else []
    held = _left_behind(everyone)
    return page(
        "workspaces/settings.html", status, **desk("settings"), settings_page="settings",
        section=section, stored=stored, values=_shown(stored, section, typed), marks=marks, errors=errors or {},
        conflict=conflict, typed=typed or {}, may_write=g.viewer.can("settings:write"),
        terms_no=workspace.quote_terms_version_no,
        may_invite=g.viewer.can("members:write"), roles=_roles(),
        members=everyone if may_see_members else [], invitations=invitations, idle=_idle(invitations, everyone),
        takers=[each for each in everyone if may_take_leads(each)] if may_see_members else [],
        may_see_members=may_see_members, held=held, heirs=_heirs() if held else [],
        held_back=waiting_count(web.actor()) if g.viewer.can("leads:write") else 0,
    )  # fmt: skip


def _idle(invitations: list[Invitation], everyone: list[Membership]) -> dict[UUID, str]:
    """The invitations whose links open nothing, since whoever sent them might not today; with that person's name."""
    senders = {each.user_id: each for each in everyone}
    sent = ((each, senders.get(each.invited_by)) for each in invitations)
    return {
        each.id: sender.user.name if sender else ""
        for each, sender in sent
        if not services.may_still_send(sender, each.role)
    }


def _left_behind(everyone: list[Membership]) -> dict[UUID, Owned]:
    """The leads of members who work on none any more, which the viewer may hand on, by the member's account."""
    if not g.viewer.can("leads:assign"):
        return {}
    idle = [each.user_id for each in everyone if not may_take_leads(each)]
    return owned_by(idle) if idle else {}


def _heirs() -> list[tuple[str, str]]:
    """Whom leads can be handed on to: the bulk act that does it, with the name."""
    named = [(f"assign:{user_id}", name) for user_id, name in member_choices()]
    return [*named, ("assign:nobody", "Nobody, for whoever takes them")]


def _shown(stored: dict[str, Any], section: str, typed: dict[str, str] | None) -> dict[str, Any]:
    if typed is None or section in ("", "members", "invite"):
        return stored
    return {name: typed.get(name, stored[name]) for name in stored}


def _roles() -> list[tuple[str, str]]:
    """The roles that the viewer may give, with their names."""
    return [(role, role.capitalize()) for role in ROLES if role != "owner" or g.viewer.role == "owner"]
