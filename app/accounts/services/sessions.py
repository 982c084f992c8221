"""Login sessions: 256 random bits in a cookie, their hash in PostgreSQL, so that no flushed cache signs anyone out.

OWASP's session cheat sheet asks for an idle and an absolute end: twelve hours without a request (models.SESSION_IDLE),
thirty days in all. Both are long, since crews and offices work all day; signing out ends a session at once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from app.accounts.models import SESSION_IDLE, LoginSession, User
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.extensions import db

LIFE = timedelta(days=30)
#: How exactly the last use is known; every request would otherwise write a row.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StartedSession:
    """A session and, this once, its token."""

    session: LoginSession
    token: str


def start_session(user: User, actor: Actor) -> StartedSession:
    """Sign a browser in: a fresh token each time, so that one planted before is worth nothing (session fixation)."""
    now = utcnow()
    token = secrets.token_urlsafe(32)
    session = LoginSession(
        token_hash=hash_token(token), user_id=user.id, created_at=now, last_seen_at=now, expires_at=now + LIFE,
        address=actor.address, device=actor.device,
    )  # fmt: skip
    session.user = user
    db.session.add(session)
    db.session.flush()
    return StartedSession(session, token)


class ResumedSession(NamedTuple):
    """A login session with the name and email of its person."""

    id: UUID
    expires_at: datetime
    last_seen_at: datetime
    name: str
    email: str


#: Asked by every page outside a workspace (inside one, workspaces/services/entering.py asks for the place as well),
#: hence built once and of bare columns.
_RESUMED = (
    select(LoginSession.id, LoginSession.expires_at, LoginSession.last_seen_at, User.name, User.email)
    .join(User, User.id == LoginSession.user_id)
    .where(LoginSession.token_hash == bindparam("token_hash"), LoginSession.user_id == bindparam("user_id"))
)


def resume_session(user_id: UUID, token: str) -> ResumedSession | None:
    """The session that a token opens.

    None when it ended, lay idle too long or is another person's.
    """
    row = db.session.execute(_RESUMED, {"token_hash": hash_token(token), "user_id": user_id}).one_or_none()
    return still_good(ResumedSession(*row)) if row else None


def still_good(session: ResumedSession) -> ResumedSession | None:
    """The session, whose use now is noted, or None when it has ended or lay idle too long."""
    now = utcnow()
    if session.expires_at <= now or session.last_seen_at + SESSION_IDLE <= now:
        return None
    if session.last_seen_at + SEEN_EVERY <= now:
        db.session.execute(
            update(LoginSession)
            .where(LoginSession.id == session.id, LoginSession.last_seen_at == session.last_seen_at)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )
    return session


def end_session(session_id: UUID) -> None:
    """Sign a browser out; its token opens nothing from now on."""
    db.session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_sessions(user_id: UUID) -> None:
    """Sign every browser of an account out."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))


def hash_token(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).digest()
