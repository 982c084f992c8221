"""A web process that is told to stop answers what it was asked, and waits for nobody who asks nothing."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from tests.faults.site import Site, free_port, wait_for

pytestmark = pytest.mark.faults
#: As in production many times longer than it may take; in seconds.
GRACE, SOON = 60, 30


@contextmanager
def writing_held_up(site: Site) -> Iterator[None]:
    """Let nothing be written on any lead meanwhile."""
    with site.postgres.admin() as connection, connection.transaction():
        connection.execute("lock table activities in share mode")
        yield


def test_a_request_in_hand_is_answered_and_open_pages_are_let_go(site: Site) -> None:
    port = free_port()
    web = site.start_web(port, WEB_GRACEFUL_SECONDS=str(GRACE), WEB_CONCURRENCY="1")
    stream, kept, silent = (closing(http.client.HTTPConnection("127.0.0.1", port, timeout=GRACE)) for _ in range(3))
    with stream as page, kept as browser, silent as other, ThreadPoolExecutor(1) as colleague:
        page.request("GET", f"/w/{site.slug}/stream", headers={"Cookie": site.people["alice"]["cookie"]})
        told = page.getresponse()
        assert told.readline().startswith(b"retry")
        browser.request("GET", "/healthz")
        assert browser.getresponse().read()
        other.connect()
        with writing_held_up(site):
            path = f"/w/{site.slug}/leads/{site.lead_id}/notes"
            asked = colleague.submit(site.ask, "POST", path, {"note": "Written as we stop"}, who="alice", port=port)
            wait_for(lambda: site.sql("select 1 from pg_locks where not granted"), 60, "the note is being written")
            web.terminate()
            told.read()
            assert browser.sock.recv(1) == other.sock.recv(1) == b""
            assert not asked.done()
        assert asked.result().status < 400
    assert web.wait(SOON) == 0
