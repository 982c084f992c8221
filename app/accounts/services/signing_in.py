"""Signing in with a password."""

from datetime import timedelta

from flask import current_app

from app.accounts.models import User
from app.accounts.queries import find_user
from app.accounts.services.devices import device_hash, is_known
from app.accounts.services.throttling import count_attempt, forget_attempts, throttle_key
from app.core import email_addresses
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.passwords import HashParams, hash_password, needs_rehash, verify_password
from app.core.transactions import keep


class SignInRefused(Exception):
    """Account and password do not go together; which of the two is wrong is told to nobody."""


class TooManyFailures(Exception):
    """The account waits for this kind of device; `wait` says how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many failed sign-ins")
        self.wait = wait


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
    user = find_user(account)
    somebody = user.id if user else new_id()
    known = is_known(somebody, device) and device is not None
    key = throttle_key(account, device_hash(somebody, device).hex() if known and device else "")
    wait = count_attempt(key)
    keep()
    if wait is not None:
        raise TooManyFailures(wait)
    params = hash_params()
    if not verify_password(user.password_hash if user else None, password, params) or user is None:
        raise SignInRefused
    forget_attempts(key)
    if needs_rehash(user.password_hash, params):
        user.password_hash = hash_password(password, params)
    user.last_sign_in_at = utcnow()
    return user
