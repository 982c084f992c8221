"""The load: connections that stay open, each sending its next request as soon as the last is answered.

    python -m bench.load PLAN.json    prints what came of it as JSON

A process of its own, so that its work is not counted as the app's. The plan is written by bench/measure.py:
port, seconds, warm_up, for each connection the list of requests that it goes round, and whether each may be sent
once only. Requests are whole and ready to send but for where they come from, which is another network each time.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

#: Seconds between two who come. All at once, the web process that wakes first would take most of them and keep them.
APART = 0.05


class Connection:
    """One open connection and where it is in its round of requests."""

    def __init__(self, port: int, requests: list[str], number: int, *, once: bool) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = [text.encode() for text in requests]
        self.once = once
        # Networks of ten million addresses: another start each time, so that runs do not meet each other's counts.
        self.number = number * 2_000_000 + int(time.time() * 1000) % 2_000_000
        self.place = 0
        self.received = bytearray()
        self.wanted: int | None = None
        self.sent_at = 0.0

    def send(self) -> None:
        """Send the next request. Raises RuntimeError when there is none that was not sent before."""
        if self.once and self.place >= len(self.requests):
            raise RuntimeError("the requests have run out")
        request = self.requests[self.place % len(self.requests)]
        self.place += 1
        self.number += 1
        self.received.clear()
        self.wanted = None
        block = self.number % 16_000_000
        address = b"X-Forwarded-For: 10.%d.%d.%d\r\n" % (block >> 8 & 255, block & 255, (block >> 16) % 250 + 1)
        line, _, rest = request.partition(b"\r\n")
        self.sent_at = time.perf_counter()
        self.socket.sendall(line + b"\r\n" + address + rest)

    def read(self) -> int | None:
        """Read on; the status once the answer is whole. Raises ConnectionError when it was cut."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the answer was cut short")
        self.received += data
        if self.wanted is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.received[:end]).lower()
            at = head.find(b"\r\ncontent-length:")
            no_body = head[9:12] in (b"204", b"304")
            if at < 0 and not no_body:
                raise ConnectionError("an answer without a length")
            length = 0 if no_body else int(head[at + 17 :].split(b"\r\n", 1)[0])
            self.wanted = end + 4 + length
        return int(self.received[9:12]) if len(self.received) >= self.wanted else None


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Send for warm_up seconds unmeasured, then for the measured seconds. Returns counts, times and sizes."""
    selector = selectors.DefaultSelector()
    for number, requests in enumerate(plan["requests"]):
        connection = Connection(plan["port"], requests, number, once=plan["once"])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
        time.sleep(APART)
    warm_until = time.perf_counter() + plan["warm_up"]
    times: list[float] = []
    statuses: Counter[int] = Counter()
    size, failure = 0, ""
    start = None
    while True:
        now = time.perf_counter()
        if start is None and now >= warm_until:
            start, until = now, now + plan["seconds"]
            print("start", flush=True)
        if start is not None and now >= until:
            break
        for key, _ in selector.select(0.2):
            connection = key.data
            status = connection.read()
            if status is None:
                continue
            if start is not None:
                times.append(time.perf_counter() - connection.sent_at)
                statuses[status] += 1
                size = max(size, connection.wanted)
            if status >= 400 and not failure:
                failure = bytes(connection.received[-600:]).decode(errors="replace")
            connection.send()
    print("end", flush=True)
    if not times:
        raise RuntimeError("nothing was answered in time")
    times.sort()
    share = {name: times[min(len(times) - 1, int(len(times) * part))] for name, part in (("p50", 0.5), ("p95", 0.95))}
    return {
        "requests": len(times), "seconds": time.perf_counter() - start, "statuses": statuses, "size": size,
        "failure": failure, **share,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))
