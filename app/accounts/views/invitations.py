"""Joining a workspace by the link of an invitation."""

from dataclasses import replace

from flask import Response, request, url_for
from flask_login import current_user

from app.accounts import services
from app.accounts.models import User
from app.accounts.queries import find_user, get_user
from app.accounts.views.browser import begin_session
from app.accounts.views.signing import bp
from app.core import web
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.fragments import page, redirect_to
from app.core.permissions import Actor
from app.extensions import limiter
from app.workspaces.models import Invitation, Workspace
from app.workspaces.services import accept_invitation as accept
from app.workspaces.services import invitation_by_key, joined_by


@bp.get("/invite/<key>")
@limiter.limit("60 per minute")
def accept_invitation(key: str) -> Response:
    """What the invitation is to, and what is left to do: make an account, sign in, or say yes."""
    try:
        invitation, workspace = invitation_by_key(key)
    except NotFound:
        return _gone(key)
    return _page(invitation, workspace)


@bp.post("/invite/<key>")
@limiter.limit("30 per minute")
def join(key: str) -> Response:
    """Say yes, making an account first for someone who has none."""
    try:
        invitation, workspace = invitation_by_key(key)
    except NotFound:
        return _gone(key)
    board = url_for("leads.board", slug=workspace.slug)
    if current_user.is_authenticated:
        user = get_user(current_user.user_id)
        try:
            accept(invitation, user, _as_person(user))
        except Forbidden:
            return _page(invitation, workspace, status=403)
        except NotFound:
            return _gone(key)
        return redirect_to(board)
    typed = {"name": request.form.get("name", "")}
    try:
        user = services.create_account(typed["name"], invitation.email, request.form.get("password", ""))
    except Invalid as error:
        return _page(invitation, workspace, status=422, typed=typed, errors=error.errors)
    accept(invitation, user, _as_person(user))
    return begin_session(user, board)


def _gone(key: str) -> Response:
    """Who has joined by the link comes in; to all others it opens nothing any more."""
    workspace = joined_by(key, current_user.user_id) if current_user.is_authenticated else None
    if workspace is not None:
        return redirect_to(url_for("leads.board", slug=workspace.slug))
    return page("accounts/invitation_gone.html", 404)


def _page(
    invitation: Invitation,
    workspace: Workspace,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    email = invitation.email
    if current_user.is_authenticated:
        step = "join" if current_user.email == email else "other"
    else:
        step = "sign_in" if find_user(email) else "make"
    return page(
        "accounts/invitation.html", status, business=workspace.name, role=invitation.role, email=email, step=step,
        here=request.path, typed=typed or {}, errors=errors or {},
    )  # fmt: skip


def _as_person(user: User) -> Actor:
    return replace(web.actor(), kind="person", user_id=user.id, name=user.name)
