"""Connecting the workspace to its Squeegee."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import update

from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.extensions import db
from app.squeegee.adapters import wire
from app.squeegee.adapters.api_v3 import ApiV3
from app.squeegee.adapters.probing import probe
from app.squeegee.models import SqueegeeAccount
from app.squeegee.ports import SqueegeePort
from app.squeegee.queries.account import get_account, is_connected
from app.squeegee.services.sections import digest

_LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What the connection's form says. A blank `token` keeps the one there is; `seen` is what the form has seen."""

    base_url: str
    token: str
    seen: str


def connection_seen(account: SqueegeeAccount) -> str:
    """A few characters that change when address or token change."""
    return digest({"base_url": account.base_url, "token": account.token or ""})


def change_connection(facts: ConnectionFacts, actor: Actor) -> SqueegeeAccount:
    """Keep address and token.

    Raises Invalid naming each field that can't be taken, Conflict when someone else saved meanwhile. A token is never
    sent to an address that it was not entered for: with a new address it must be entered again.
    """
    account = get_account(lock=True)
    base_url, token = facts.base_url.strip().rstrip("/"), facts.token.strip()
    if connection_seen(account) != facts.seen:
        raise Conflict("Someone else changed the connection meanwhile.")
    errors = _wrong(account, base_url, token)
    if errors:
        raise Invalid(errors)
    if base_url == account.base_url and token in ("", account.token):
        return account
    before = {"base_url": account.base_url}
    account.base_url, account.tested_at, account.test_outcome = base_url, None, None
    if token:
        account.token = token
    if not base_url:
        account.token = None
    db.session.flush()
    after = {"base_url": base_url, "token": "changed" if token else "kept"}
    _tell("squeegee.settings_changed", account, actor, before, after)
    return account


def prepare_test() -> Callable[[], str]:
    """What asks Squeegee without making anything there, everything read beforehand; returns one of words.TESTS.

    Raises Conflict while address or token are missing.
    """
    account = get_account()
    if not is_connected(account):
        raise Conflict("Enter address and token first.")
    base_url, token, paths = account.base_url, str(account.token), wire.read(account.wire)
    private = bool(current_app.config["ALLOW_PRIVATE_OUTBOUND"])
    return lambda: probe(base_url, token, paths, allow_private=private)


def note_test(outcome: str, seen: str, actor: Actor) -> None:
    """Keep how the test went, with its time, unless the connection has been changed since. Forms stay as they are."""
    account = get_account(lock=True)
    if connection_seen(account) != seen:
        return
    db.session.execute(
        update(SqueegeeAccount)
        .where(SqueegeeAccount.workspace_id == account.workspace_id, SqueegeeAccount.id == account.id)
        .values(tested_at=utcnow(), test_outcome=outcome)
        .execution_options(synchronize_session=False)
    )  # the row's version stays: nothing that a form shows has changed
    db.session.expire(account)
    _tell("squeegee.connection_tested", account, actor, {}, {"outcome": outcome})


def new_webhook_secret(actor: Actor) -> str:
    """Replace the secret that signs booking confirmations; returns it, to be shown this once."""
    account = get_account(lock=True)
    secret = account.renew_webhook_secret()
    db.session.flush()
    _tell("squeegee.secret_changed", account, actor, {}, {})
    return secret


def port_of(account: SqueegeeAccount) -> SqueegeePort | None:
    """The way into the account, or None while it is not connected."""
    if not is_connected(account):
        return None
    allow_private = current_app.config["ALLOW_PRIVATE_OUTBOUND"]
    return ApiV3(account.base_url, account.token, wire.read(account.wire), allow_private=allow_private)


def _wrong(account: SqueegeeAccount, base_url: str, token: str) -> dict[str, str]:
    errors = {}
    if base_url and not _is_address(base_url):
        errors["base_url"] = "Enter the address like https://your-business.sqgee.com."
    if token and (len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token):
        errors["token"] = "Enter the token as Squeegee gave it, like PARTNER-1a2b3c4d."
    if not token and base_url and base_url != account.base_url and account.token_sealed is not None:
        errors["token"] = "Enter the token again: it belongs to the address that was here before."
    return errors


def _is_address(text: str) -> bool:
    """Scheme, host and perhaps a port. Whether it may be reached at all is decided where it is called."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if current_app.config["ALLOW_PRIVATE_OUTBOUND"] else ("https",)
    plain = parts.scheme in schemes and parts.hostname and text.isascii() and len(text) <= 200
    return bool(plain) and f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "") == text.lower()


def _tell(name: str, account: SqueegeeAccount, actor: Actor, before: Mapping, after: Mapping) -> None:
    event = Event(name, account.workspace_id, actor, "squeegee_account", account.id, before=before, after=after)
    publish(event)
