"""People who sign in, their sessions, and the counters that slow guessing down. Global: one person, many workspaces."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import new_id
from app.core.models import created_moment, moment
from app.extensions import db

#: A session ends after this long without a request. A board that lies open in the office all day sets its length.
SESSION_IDLE = timedelta(hours=12)


class User(db.Model):
    """A person with a password. What they may do is decided by their membership of a workspace."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    last_sign_in_at: Mapped[datetime | None] = moment(nullable=True)


class LoginSession(db.Model):
    """One signed-in browser. The cookie holds the token, the table only its hash."""

    __tablename__ = "login_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = created_moment()
    last_seen_at: Mapped[datetime] = created_moment()
    expires_at: Mapped[datetime] = moment()
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship(lazy="joined")


class LoginThrottle(db.Model):
    """Failed sign-ins counted for one account and one kind of device.

    A known device has a counter of its own, so that a stranger's failures never lock the owner out. Keys are keyed
    hashes; unknown accounts count too.
    """

    __tablename__ = "login_throttles"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_failure_at: Mapped[datetime] = created_moment()
    locked_until: Mapped[datetime | None] = moment(nullable=True)


class PasswordReset(db.Model):
    """Somebody's asking for a link by which to choose a new password; the link's secret is kept as a hash only.

    There is a row for an address that nobody has as well (`user_id` is None then): the answer must take as long. The
    secret is made when its mail leaves, so `token_hash` and `expires_at` are empty until then.
    """

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    asked_at: Mapped[datetime] = created_moment()
    expires_at: Mapped[datetime | None] = moment(nullable=True)
    #: From where it was asked for, for the audit log.
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)


class KnownDevice(db.Model):
    """A browser that has signed in to an account before (a long-lived cookie, kept as a hash)."""

    __tablename__ = "known_devices"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = created_moment()
    sign_ins: Mapped[int] = mapped_column(Integer, default=1)
