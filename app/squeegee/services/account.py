"""Connecting the workspace to its Squeegee."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app

from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.extensions import db
from app.squeegee.adapters.api_v3 import ApiV3
from app.squeegee.mapping import SERVICE_CODES
from app.squeegee.models import SqueegeeAccount
from app.squeegee.ports import SqueegeePort
from app.squeegee.queries.account import get_account, is_connected

_LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the settings form says. A blank `token` keeps the one there is; `seen` is the version the form showed."""

    base_url: str
    token: str
    service_ids: Mapping[str, str]
    seen: int


def change_account(facts: AccountFacts, actor: Actor) -> SqueegeeAccount:
    """Keep address, token and service ids.

    Raises Invalid naming each field that can't be taken, Conflict when someone else saved meanwhile. A token is never
    sent to an address that it was not entered for: with a new address it must be entered again.
    """
    account = get_account(lock=True)
    if account.version != facts.seen:
        raise Conflict("Someone else changed these settings meanwhile. Reload to see them.")
    base_url, token = facts.base_url.strip().rstrip("/"), facts.token.strip()
    before = {"base_url": account.base_url, "service_ids": dict(account.service_ids)}
    errors = _wrong(account, base_url, token)
    service_ids, wrong_ids = _service_ids(facts.service_ids)
    if errors | wrong_ids:
        raise Invalid(errors | wrong_ids)
    account.base_url, account.service_ids = base_url, service_ids
    if token:
        account.token = token
    if not base_url:
        account.token = None
    db.session.flush()
    after = {"base_url": base_url, "service_ids": service_ids, "token": "changed" if token else "kept"}
    _tell("squeegee.settings_changed", account, actor, before, after)
    return account


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
    return ApiV3(account.base_url, account.token, allow_private=current_app.config["ALLOW_PRIVATE_OUTBOUND"])


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


def _service_ids(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The ids that are set, and what is wrong with others. They are UUIDs of Squeegee's."""
    found, errors = {}, {}
    for code in SERVICE_CODES:
        text = given.get(code, "").strip()
        if not text:
            continue
        try:
            found[code] = str(UUID(text))
        except ValueError:
            errors[f"service_{code}"] = "Copy the id from Squeegee: 32 letters and digits with hyphens."
    return found, errors


def _tell(name: str, account: SqueegeeAccount, actor: Actor, before: Mapping, after: Mapping) -> None:
    event = Event(name, account.workspace_id, actor, "squeegee_account", account.id, before=before, after=after)
    publish(event)
