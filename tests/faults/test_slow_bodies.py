"""Bodies that come byte by byte hold nothing that others need, and have to come to an end."""

import socket
from contextlib import ExitStack, closing

import pytest

from tests.faults.site import Site, free_port, wait_for

pytestmark = pytest.mark.faults
#: More than the connections to the database that a process has.
MANY = 30
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


def begin(port: int, path: str, kind: str) -> socket.socket:
    """Send the head of a request and the first bytes of its body."""
    size = 200_000 if kind == MULTIPART else 900
    slow = socket.create_connection(("127.0.0.1", port), 90)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
    slow.sendall(head.encode() + b"name=Slow")
    return slow


def test_nobody_waits_for_them_and_they_are_ended(site: Site) -> None:
    port = free_port()
    site.start_web(port, WEB_CONCURRENCY="1")
    with ExitStack() as open_for_now:
        slow = [
            open_for_now.enter_context(closing(begin(port, path, kind)))
            for path, kind in (
                *((site.form_path, URLENCODED) for _ in range(MANY)),
                *((site.form_path, MULTIPART) for _ in range(MANY)),
                *((f"{site.form_path}/price", URLENCODED) for _ in range(MANY)),
                *(("/hooks/twilio/x", URLENCODED) for _ in range(MANY)),
            )
        ]
        assert site.ask("GET", site.form_path, port=port).status == 200
        assert site.ask("GET", "/readyz", port=port).status == 200
        answer = site.send_form("quick@example.com", port=port)
        assert answer.status == 303
        idle = "select count(*) from pg_stat_activity where state = 'idle in transaction' and usename <> current_user"
        wait_for(lambda: site.sql(idle) == [(0,)], 30, "no connection is held")
        for each in slow:
            assert each.recv(12) == b"HTTP/1.1 408"
