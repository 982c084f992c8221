"""Connecting the demo's workspace to the Squeegee simulator that `bin/run` starts."""

import time

from flask import current_app

from app.core import http
from app.core.permissions import SYSTEM
from app.squeegee.queries import get_account, webhook_url
from app.squeegee.services import AccountFacts, change_account

#: The simulator's own default token: no secret, it opens nothing but a demo on loopback.
DEMO_TOKEN = "PARTNER-5a1d0000-0000-4000-8000-000000000001"
#: Which of the simulator's services is which of ours.
_NAMES = {
    "window_cleaning": "Window cleaning",
    "inside": "Window cleaning inside",
    "conservatory": "Conservatory",
    "conservatory_roof": "Conservatory roof",
    "extension": "Extension",
    "gutter_clearing": "Gutter clearing",
    "fascia_soffit": "Fascia, soffit and gutter",
    "solar_panels": "Solar panels",
}
_PATIENCE_SECONDS = 15.0


def connect_simulator(token: str = DEMO_TOKEN) -> bool:
    """Point the account of the workspace in scope at the simulator, and the simulator's confirmations at it.

    To be called at every start of the demo, inside a transaction: the simulator's port and ours may have changed.
    False when the settings name no simulator. Raises OutboundError when it does not answer within 15 s.
    """
    base_url = current_app.config["SQUEEGEE_SIMULATOR_URL"]
    if not base_url:
        return False
    account = get_account()
    offered = {each["name"]: each["id"] for each in _patiently("GET", f"{base_url}/_services", None).json()}
    service_ids = {code: offered[name] for code, name in _NAMES.items() if name in offered}
    if (account.base_url, account.token, account.service_ids) != (base_url, token, service_ids):
        change_account(AccountFacts(base_url, token, service_ids, account.version), SYSTEM)
    _patiently("POST", f"{base_url}/_callback", {"url": webhook_url(account), "secret": account.webhook_secret})
    return True


def _patiently(method: str, url: str, payload: dict | None) -> http.Response:
    """Ask the simulator, which may be starting still."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return http.request(method, url, json=payload, allow_private=True)
        except http.OutboundNotSent:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
