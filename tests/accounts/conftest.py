"""Somebody who has forgotten the password, and reads their mail."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client import Client

LINK = re.compile(r"http://[^/\s]+(/password/new/[\w-]{32})")


@pytest.fixture
def ask(client: Client) -> Callable[..., Any]:
    """Ask for a link as a stranger: `ask("alice@example.com")`."""
    return lambda email="alice@example.com", browser=client: browser.post("/password/forgotten", data={"email": email})


@pytest.fixture
def links(run_outbox: Callable[[], int], mailbox: Any) -> Callable[..., list[str]]:
    """The paths of the links that an address was mailed, the newest first; what waits is mailed before."""

    def read(email: str = "alice@example.com") -> list[str]:
        run_outbox()
        mails = [mail["text"] for mail in mailbox.mails(email)]
        return [found[1] for found in map(LINK.search, mails) if found]

    return read


@pytest.fixture
def asked_link(ask: Callable[..., Any], links: Callable[..., list[str]]) -> Callable[..., str]:
    """Ask for a link and take it out of the mail: `asked_link("alice@example.com")`."""

    def read(email: str = "alice@example.com") -> str:
        assert ask(email).status_code == 303
        return links(email)[0]

    return read
