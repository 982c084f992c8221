"""Reading accounts and sessions."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.models import LoginSession, User
from app.core.clock import utcnow
from app.extensions import db


def find_user(email: str) -> User | None:
    """The account of a normalised email address."""
    return db.session.execute(select(User).where(User.email == email)).scalar_one_or_none()


def session_is_valid(session_id: UUID) -> bool:
    """Whether a login session still stands."""
    expires_at = db.session.execute(
        select(LoginSession.expires_at).where(LoginSession.id == session_id)
    ).scalar_one_or_none()
    return expires_at is not None and expires_at > utcnow()
