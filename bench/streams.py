"""Many open pages: a thousand event streams on one web process, its memory, and how late the last one hears.

    bench/streams --leads 10000 [--streams 1000]
"""

import argparse
import selectors
import socket
import sys
import time
from pathlib import Path

from bench.place import HOST, ROOT, Place, place
from bench.scenes import Visitor
from bench.spending import memory_mib

MOST_MIB = 250
MOST_MS = 300


def open_streams(port: int, path: str, cookie: str, number: int) -> list[socket.socket]:
    """Open that many streams and wait until each has begun. Raises RuntimeError when one does not within a minute."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n".encode()
    streams = []
    for _ in range(number):
        stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        stream.sendall(request)
        streams.append(stream)
    for stream in streams:
        begun = stream.recv(4096)
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


def measure(here: Place, slug: str, number: int) -> int:
    """Measure and print; returns the exit status."""
    with here.sill(workers=1) as web:
        visitor = Visitor(web.port, slug)
        empty = memory_mib(web.pid)[0]
        streams = open_streams(web.port, f"/w/{slug}/stream", visitor.cookie(), number)
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
        return measure(here, f"bench-{chosen.leads}", chosen.streams)


if __name__ == "__main__":
    sys.exit(main())
