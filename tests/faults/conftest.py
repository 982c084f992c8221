"""One installation for all tests of faults."""

from collections.abc import Iterator

import pytest

from tests.faults.site import SCHEDULER, WORKER, Site, wait_for


@pytest.fixture(scope="session")
def whole_site() -> Iterator[Site]:
    """The installation, started once."""
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The installation with all its processes alive, before the test and after."""
    _revive(whole_site)
    yield whole_site
    assert whole_site.mailbox
    whole_site.mailbox.switch(smtp={"all": False})


def _revive(site: Site) -> None:
    if site.web.poll() is not None:
        site.web = site.start_web(site.port)
    if site.worker.poll() is not None:
        site.worker = site.start(WORKER)
    if site.scheduler.poll() is not None:
        site.scheduler = site.start(SCHEDULER)
    with site.redis_client() as client:
        for role in ("worker", "scheduler"):
            wait_for(lambda role=role: client.exists(f"heartbeat:{role}"), 180, f"the heartbeat of the {role}")
