"""Reading accounts and sessions."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.models import SESSION_IDLE, LoginSession, User
from app.core.clock import utcnow
from app.extensions import db


def find_user(email: str) -> User | None:
    """The account of a normalised email address."""
    return db.session.execute(select(User).where(User.email == email)).scalar_one_or_none()


def get_user(user_id: UUID) -> User:
    """An account by its id. Raises NoResultFound for one that does not exist."""
    return db.session.get_one(User, user_id)


def session_is_valid(session_id: UUID) -> bool:
    """Whether a login session still stands: not signed out, not past its end, not idle for too long."""
    now = utcnow()
    row = db.session.execute(
        select(LoginSession.expires_at, LoginSession.last_seen_at).where(LoginSession.id == session_id)
    ).one_or_none()
    return row is not None and row.expires_at > now and row.last_seen_at + SESSION_IDLE > now
