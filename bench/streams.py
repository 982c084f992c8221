"""Many open pages: a thousand event streams on one web process, its memory, and how late the last one hears.

    bench/streams --leads 10000 [--streams 1000]
"""

import argparse
import os
import selectors
import socket
import sys
import time
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app import create_app
from app.accounts.models import User
from app.accounts.services import start_session
from app.core.ids import new_id
from app.core.live import MOST_PAGES
from app.core.permissions import SYSTEM
from app.extensions import db
from app.workspaces.models import Membership
from bench.place import HOST, ROOT, Place, place
from bench.scenes import inside
from bench.spending import memory_mib
from bench.visitor import Visitor

AT_ONCE = 25  # opened together
MOST_MIB = 250
MOST_MS = 300


def people(app: Flask, slug: str, number: int) -> list[str]:
    """Cookies of that many signed-in people of the workspace, made now; a person may have MOST_PAGES pages open."""
    cookies = []
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    with inside(app, slug):
        for _ in range(number):
            user = User(email=f"{new_id()}@example.com", name="Open Page", password_hash="!")
            db.session.add(user)
            db.session.flush()
            db.session.add(Membership(user_id=user.id, role="viewer"))
            token = start_session(user, SYSTEM).token
            cookies.append(f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': f'{user.id}.{token}'})}")
    return cookies


def open_streams(port: int, path: str, cookies: list[str], number: int) -> list[socket.socket]:
    """Open that many streams, a few at a time. Raises RuntimeError when one does not begin."""
    streams: list[socket.socket] = []
    for place_in_row in range(number):
        cookie = cookies[place_in_row // MOST_PAGES]
        lines = (f"GET {path} HTTP/1.1", f"Host: {HOST}", "Accept: text/event-stream", f"Cookie: {cookie}", "", "")
        request = "\r\n".join(lines).encode()
        stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        stream.sendall(request)
        streams.append(stream)
        if len(streams) % AT_ONCE == 0 or len(streams) == number:
            for begun in (each.recv(4096) for each in streams[(len(streams) - 1) // AT_ONCE * AT_ONCE :]):
                if not begun.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(f"a stream was answered {begun[:60]!r}")
    return streams


def drain(streams: list[socket.socket], seconds: float) -> None:
    """Read away what the streams say at their beginning."""
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            stream.setblocking(False)
            selector.register(stream, selectors.EVENT_READ)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for key, _ in selector.select(0.1):
                key.fileobj.recv(65_536)  # type: ignore[union-attr]


def last_hears(streams: list[socket.socket], since: float, word: bytes) -> tuple[float, int]:
    """Seconds from `since` until the last stream has heard `word`, and how many have (10 s at most)."""
    waiting = set(streams)
    last = since
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while waiting and time.perf_counter() < since + 10:
            for key, _ in selector.select(0.2):
                if word in key.fileobj.recv(65_536) and key.fileobj in waiting:  # type: ignore[union-attr]
                    waiting.discard(key.fileobj)  # type: ignore[arg-type]
                    last = time.perf_counter()
    return last - since, len(streams) - len(waiting)


def measure(here: Place, app: Flask, slug: str, number: int) -> int:
    """Measure and print; returns the exit status."""
    cookies = people(app, slug, number // MOST_PAGES + 1)
    with here.sill(workers=1) as web:
        Visitor(web.port, slug)  # so that the process has done what the first request brings
        empty = memory_mib(web.pid)[0]
        streams = open_streams(web.port, f"/w/{slug}/stream", cookies, number)
        drain(streams, 3)
        full = memory_mib(web.pid)[0]
        delays, heard = [], number
        with here.admin() as connection:
            row = connection.execute("select id from workspaces where slug = %s", [slug]).fetchone()
        for turn in range(5):
            word = f"bench-{turn}-{time.time_ns()}"
            since = time.perf_counter()
            here.tell(str(row[0]), word)  # type: ignore[index]
            late, number_heard = last_hears(streams, since, word.encode())
            delays.append(late * 1000)
            heard = min(heard, number_heard)
        for stream in streams:
            stream.close()
    worst = max(delays)
    print(f"{number} streams: {empty:.0f} MiB before, {full:.0f} MiB with them (allowed {MOST_MIB})")
    print(f"an event is with the last after {min(delays):.0f} to {worst:.0f} ms (allowed {MOST_MS}); {heard} heard it")
    return 0 if full <= MOST_MIB and worst <= MOST_MS and heard == number else 1


def main() -> int:
    """Measure; exit status 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench/streams", description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000, help="size of the workspace (default 10,000)")
    parser.add_argument("--streams", type=int, default=1000, help="how many pages are open (default 1,000)")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    with place(chosen.dir) as here:
        here.flask("bench", "seed", "--leads", str(chosen.leads))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        return measure(here, create_app(), f"bench-{chosen.leads}", chosen.streams)


if __name__ == "__main__":
    sys.exit(main())
