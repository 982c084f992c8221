"""A web process that is told to stop answers what it was asked, and waits for nobody who asks nothing."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.faults.site import Site, free_port, wait_for

pytestmark = pytest.mark.faults
#: As in production many times longer than it may take; in seconds.
GRACE, SOON = 60, 30
#: Held, nothing can be written on any lead.
WRITING = "lock table activities in share mode"


def test_a_request_in_hand_is_answered_and_open_pages_are_let_go(site: Site) -> None:
    port = free_port()
    web = site.start_web(port, WEB_GRACEFUL_SECONDS=str(GRACE), WEB_CONCURRENCY="1")
    four = [closing(http.client.HTTPConnection("127.0.0.1", port, timeout=GRACE)) for _ in range(4)]
    with four[0] as page, four[1] as kept, four[2] as silent, four[3] as new, ThreadPoolExecutor(1) as colleague:
        page.request("GET", f"/w/{site.slug}/stream", headers={"Cookie": site.people["alice"]["cookie"]})
        told = page.getresponse()
        assert told.readline().startswith(b"retry")
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        silent.connect()
        with site.holding(WRITING):
            path = f"/w/{site.slug}/leads/{site.lead_id}/notes"
            asked = colleague.submit(site.ask, "POST", path, {"note": "Written as we stop"}, who="alice", port=port)
            wait_for(lambda: site.sql("select 1 from pg_locks where not granted"), 60, "the note is being written")
            new.connect()
            web.terminate()
            told.read()
            new.request("GET", "/healthz")  # it was on its way when the rest was let go
            assert new.getresponse().status == 200
            assert kept.sock.recv(1) == silent.sock.recv(1) == b""
            assert not asked.done()
        assert asked.result().status < 400
    assert web.wait(SOON) == 0
