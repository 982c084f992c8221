"""Signing in with a password."""

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import find_user
from app.accounts.services.devices import device_hash, is_known
from app.accounts.services.throttling import TooManyFailures, count_attempt, forget_attempts, throttle_key
from app.core import email_addresses
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.passwords import HashParams, hash_password, needs_rehash, verify_password
from app.core.transactions import keep
from app.extensions import db


class SignInRefused(Exception):
    """Account and password do not go together; which of the two is wrong is told to nobody."""


def hash_params() -> HashParams:
    """What a hash costs here, from the settings."""
    config = current_app.extensions["config"]
    return HashParams(config.argon2_memory_kib, config.argon2_passes, config.argon2_lanes)


def sign_in(email: str, password: str, device: str | None) -> User:
    """The account of an address and its password. `device` is the token of the browser's own cookie, if it has one.

    Raises SignInRefused or TooManyFailures, with the same work done whether or not the account exists. Commits the
    count of the attempt first, so that the refusing answer does not undo it.
    """
    account = email_addresses.parse(email) or email.strip().lower()[:320]
    user = proven(account, find_user(account), password, device)
    user.last_sign_in_at = utcnow()
    return user


def proven(account: str, user: User | None, password: str, device: str | None) -> User:
    """The user of an account whose password this is, locked until the commit. Whatever asks for a password asks here.

    Raises SignInRefused or TooManyFailures. Commits the count of the attempt first.
    """
    somebody = user.id if user else new_id()
    known = is_known(somebody, device) and device is not None
    key = throttle_key(account, device_hash(somebody, device).hex() if known and device else "")
    wait = count_attempt(key)
    keep()
    if wait is not None:
        raise TooManyFailures(wait)
    params, stored = hash_params(), user.password_hash if user else None
    if not verify_password(stored, password, params) or user is None or not _still_stands(user, stored):
        raise SignInRefused
    forget_attempts(key)
    if needs_rehash(user.password_hash, params):
        user.password_hash = hash_password(password, params)
    return user


def _still_stands(user: User, stored: str | None) -> bool:
    """Whether the hash that was looked at is still the account's; from here on nobody changes it.

    Looking takes a while. Who changes the password meanwhile ends every session, and a sign-in with the old one must
    not begin another afterwards.
    """
    query = select(User.password_hash).where(User.id == user.id).with_for_update(key_share=True)
    return db.session.scalar(query) == stored
