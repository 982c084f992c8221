"""Entering a workspace: the person's login session and their place there, by one statement."""

from uuid import UUID

from sqlalchemy import and_, bindparam

from app.accounts.models import LoginSession
from app.accounts.services import ResumedSession, hash_token, still_good
from app.core.permissions import Viewer
from app.extensions import db
from app.workspaces.models import Membership
from app.workspaces.queries import PLACE, WorkspaceView, place_of

_IN_SESSION = PLACE.add_columns(LoginSession.id, LoginSession.expires_at, LoginSession.last_seen_at).join(
    LoginSession, and_(LoginSession.user_id == Membership.user_id, LoginSession.token_hash == bindparam("token_hash"))
)


def enter_with_session(
    workspace_id: UUID, user_id: UUID, token: str
) -> tuple[WorkspaceView, Viewer, ResumedSession] | None:
    """The workspace, the person's place in it and the session that the token opens.

    None when the session is missing or has ended or the person is no active member: the caller finds out which.
    """
    asked = {"here": workspace_id, "person": user_id, "token_hash": hash_token(token)}
    row = db.session.execute(_IN_SESSION, asked).one_or_none()
    if row is None:
        return None
    workspace, role, name, email, *of_session = row
    session = still_good(ResumedSession(*of_session, name, email))
    return (*place_of(user_id, workspace, role, name, email), session) if session else None
