"""A new password for an account: chosen by who knows the present one, or behind a mailed link."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, select

from app.accounts.models import PasswordReset, User
from app.accounts.queries import get_user
from app.accounts.services.account_events import tell_workspaces
from app.accounts.services.devices import device_hashes
from app.accounts.services.sessions import end_sessions
from app.accounts.services.signing_in import hash_params, proven
from app.accounts.services.throttling import forget_attempts, throttle_key
from app.core import outbox
from app.core.access_keys import keyed_hash
from app.core.clock import utcnow
from app.core.errors import Invalid, NotFound
from app.core.ids import new_id
from app.core.passwords import hash_password, password_faults
from app.core.permissions import Actor
from app.core.tenancy import INSTALLATION, acting_in
from app.core.transactions import keep
from app.extensions import db

#: The work of telling somebody by mail that their password was changed; its subject is the account.
TELL = "account.tell_of_change"


def change_password(user_id: UUID, present: str, new: str, device: str | None, actor: Actor) -> User:
    """Give an account a new password, as its person, who is signed in. Every session ends, theirs too.

    `device` is the token of the browser's own cookie. Raises SignInRefused when the present password is another,
    TooManyFailures as at signing in, and Invalid for a new one that is too weak.
    """
    user = get_user(user_id)
    proven(user.email, user, present, device)
    if faults := password_faults(new, user.email, user.name):
        keep()  # the present one was right: what was counted stays forgotten although the answer refuses
        raise Invalid({"password": faults[0]})
    _set(user, new)
    _tell("account.password_changed", user, actor)
    return user


def account_of_link(secret: str) -> User:
    """Whose password the link is for. Raises NotFound when it was used, replaced by a newer one, or has expired."""
    query = select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(*_good(secret))
    user = db.session.scalar(query)
    if user is None:
        raise NotFound
    return user


def choose_password(secret: str, new: str, actor: Actor) -> User:
    """Give the account of a mailed link a new password. Every session and every link of it ends.

    Raises NotFound when the link is no longer good, and Invalid for a password that is too weak.
    """
    user = account_of_link(secret)
    if faults := password_faults(new, user.email, user.name):
        raise Invalid({"password": faults[0]})
    # Before the link's row, as at signing in and at changing, so that no two wait for each other. Rows that only name
    # the account may be added meanwhile.
    db.session.refresh(user, with_for_update={"key_share": True})
    used = delete(PasswordReset).where(*_good(secret)).returning(PasswordReset.id)
    if db.session.execute(used).first() is None:
        raise NotFound  # somebody was quicker by a moment
    _set(user, new)
    _tell("account.password_reset", user, actor)
    return user


def link_hash(secret: str) -> bytes:
    """What is kept of the secret in a link."""
    return keyed_hash("password", secret)


def _good(secret: str) -> tuple:
    return PasswordReset.token_hash == link_hash(secret), PasswordReset.expires_at > utcnow()


def _set(user: User, password: str) -> None:
    """Write the new password. What the old one had opened ends, and what stood in the way of the new one too."""
    user.password_hash = hash_password(password, hash_params())
    end_sessions(user.id)
    db.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    devices = [each.hex() for each in device_hashes(user.id)]
    forget_attempts(*(throttle_key(user.email, device) for device in ("", *devices)))
    with acting_in(INSTALLATION):
        outbox.enqueue(TELL, user.id, dedupe_key=str(new_id()))
        db.session.flush()


def _tell(name: str, user: User, actor: Actor) -> None:
    tell_workspaces(name, user, replace(actor, kind="person", user_id=user.id, name=user.name))
