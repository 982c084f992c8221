"""Behind a proxy, which writes the caller's address as it likes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app import extensions
from app.accounts.models import LoginSession
from app.config import Config
from app.core.network import believe_proxies, client_block, notice_proxies, parse_address
from app.extensions import db
from tests.lead_forms.conftest import ANSWERS, submissions
from tests.support.client import Client
from tests.support.world import PASSWORD

WRITTEN = [
    ("203.0.113.9", "203.0.113.9", "203.0.113.0/24"),
    ("203.0.113.9:4711", "203.0.113.9", "203.0.113.0/24"),
    ("::ffff:203.0.113.9", "203.0.113.9", "203.0.113.0/24"),
    ("[::FFFF:203.0.113.9]:4711", "203.0.113.9", "203.0.113.0/24"),
    ("2001:DB8::1", "2001:db8::1", "2001:db8::/64"),
    ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
    ("[2001:db8::1]:4711", "2001:db8::1", "2001:db8::/64"),
    ("fe80::1%eth0", "fe80::1", "fe80::/64"),
    ("[fe80::1%eth0]:4711", "fe80::1", "fe80::/64"),
    ("unknown", None, "unknown"),
    ("_hidden", None, "unknown"),
    ("203.0.113.999", None, "unknown"),
    ("2001:db8::1::2", None, "unknown"),
    ("203.0.113.9 or so", None, "unknown"),
]


@pytest.fixture
def proxied(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A stranger's browser, with TRUSTED_PROXIES=1."""
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
    believe_proxies(app, 1)
    return client


@pytest.fixture
def enquire(proxied: Client, workspace: Any, form: Any, token: Callable[..., str]) -> Callable[[str], TestResponse]:
    """Send the form through a proxy that writes this of the caller."""
    url = f"/q/{form.key}"

    def send(written: str) -> TestResponse:
        return proxied.post(url, data=ANSWERS | {"token": token()}, csrf=False, headers={"X-Forwarded-For": written})

    return send


@pytest.mark.parametrize(("written", "address", "block"), WRITTEN)
def test_an_enquiry_arrives_whatever_the_proxy_writes(
    enquire: Callable[[str], TestResponse], written: str, address: str | None, block: str
) -> None:
    assert enquire(written).status_code == 303
    assert [kept.address and str(kept.address) for kept in submissions()] == [address]


@pytest.mark.parametrize(("written", "address", "block"), WRITTEN)
def test_whoever_signs_in_is_let_in_whatever_the_proxy_writes(
    proxied: Client, world: Any, written: str, address: str | None, block: str
) -> None:
    typed = {"email": "bob@example.com", "password": PASSWORD}
    assert proxied.post("/login", data=typed, headers={"X-Forwarded-For": written}).status_code == 303
    newest = db.session.scalars(select(LoginSession).order_by(LoginSession.created_at.desc()).limit(1)).one()
    assert (newest.address and str(newest.address)) == address


@pytest.mark.parametrize(("written", "address", "block"), WRITTEN)
def test_limits_count_networks_not_what_the_proxy_writes(
    app: Flask, written: str, address: str | None, block: str
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": written}):
        assert client_block() == block


@pytest.mark.parametrize("written", ["", " ", ":", "[", "[]", "[]:80", "%eth0", "1.2.3.4:port", "[1.2.3.4", "1" * 5000])
def test_what_is_no_address_is_none(written: str) -> None:
    assert parse_address(written) is None


def test_a_proxy_that_nobody_believes_is_warned_of_once() -> None:
    app = Flask("sill")
    notice_proxies(app)
    with capture_logs() as lines:
        for headers in ({}, {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.10"}):
            app.test_client().get("/", headers=headers)
    assert [(line["event"], line["setting"]) for line in lines] == [("proxy_not_trusted", "TRUSTED_PROXIES")]
    assert "203.0" not in str(lines)


@pytest.mark.parametrize(("env", "hops", "is_noticed"), [("production", 0, 1), ("production", 1, 0), ("test", 0, 0)])
def test_only_production_that_believes_nobody_looks_for_proxies(
    config: Config, monkeypatch: pytest.MonkeyPatch, env: str, hops: int, is_noticed: int
) -> None:
    noticed: list[Flask] = []
    monkeypatch.setattr(extensions, "notice_proxies", noticed.append)
    for name in ("db", "migrate", "redis_door", "limiter", "csrf", "login_manager"):
        monkeypatch.setattr(extensions, name, MagicMock())
    extensions.init_app(Flask("sill"), replace(config, env=env, trusted_proxies=hops))
    assert len(noticed) == is_noticed
