"""One running Sill for all journeys."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsers import Desks, People
from tests.e2e.site import Site
from tests.e2e.steps import sign_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder; with xdist one worker walks all of it, beside the one environment."""
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def site(chromium: Browser) -> Iterator[Site]:
    """Sill with its servers and far ends, started once; it has to stop cleanly."""
    started = Site()
    yield started
    assert started.stop() == 0


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, site: Site) -> dict[str, Any]:
    """The cookies of the owner and of Bob, who sells."""
    return {who: sign_in(chromium, site, f"{who}@example.com") for who in ("owner", "bob")}


@pytest.fixture(scope="session")
def desks(chromium: Browser, site: Site, signed_in: dict[str, Any]) -> Desks:
    """The members' windows, which go from test to test."""
    return Desks(chromium, site.url, signed_in)


@pytest.fixture
def people(chromium: Browser, desks: Desks, site: Site, signed_in: dict[str, Any]) -> Iterator[People]:
    """The people of a test. A page that complains, by an error or a warning, fails it."""
    people = People(chromium, desks, site.url, signed_in)
    yield people
    assert people.close() == []
