"""A mail server that only counts: quick enough never to be what is measured, and able to misbehave on purpose.

It speaks SMTP with PIPELINING on 127.0.0.1 in a thread of its own and remembers how often each Message-ID came for each
recipient. Domains behave as their names say (see `Ways`), so that what goes wrong is written on the mail itself.
"""

import asyncio
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n.\r\n"
_GREETING = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


@dataclass(frozen=True, slots=True)
class Ways:
    """How often (0 to 1) each misdeed happens to a mail for a domain whose name holds the word."""

    slow_seconds: float = 0.5  # slow.
    busy: float = 0.2  # busy.: 451, not now
    full: float = 0.1  # full.: 550, never
    cut: float = 0.2  # cut.: the line is cut after the mail was taken; as often again before it was

    def of(self, recipient: str) -> str:
        """What happens to this mail: a word of the above, or "" when nothing does."""
        domain = recipient.rpartition("@")[2]
        word = domain.partition(".")[0]
        odds = {"busy": self.busy, "full": self.full, "cut": self.cut}.get(word)
        if odds is None:
            return "slow" if word == "slow" else ""
        drawn = random.random()
        if word == "cut":
            return "cut_after" if drawn < odds else "cut_before" if drawn < 2 * odds else ""
        return word if drawn < odds else ""


class Sink:
    """The server. `arrived` counts (Message-ID, recipient); whoever honours Message-IDs keeps one of each."""

    def __init__(self, ways: Ways | None = None) -> None:
        self.ways = ways or Ways()
        self.arrived: Counter[tuple[str, str]] = Counter()
        self.connections = 0
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="sink", daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End the server and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def mails(self) -> int:
        """How many mails were taken, repeats included."""
        return self.arrived.total()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(lambda: _Session(self), "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()


class _Session(asyncio.Protocol):
    """One connection: commands by line, the content in one piece."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.waiting = b""
        self.recipient = ""
        self.in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.sink.connections += 1
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while self.waiting:
            end = _END if self.in_content else b"\r\n"
            part, found, rest = self.waiting.partition(end)
            if not found:
                return
            self.waiting = rest
            if self.in_content:
                self.in_content = False
                self._take(part)
            else:
                self._answer(part)

    def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self.transport.write(_GREETING)
        elif verb == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self.transport.write(b"250 ok\r\n")
        elif verb == b"DATA":
            self.in_content = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 ok\r\n")

    def _take(self, content: bytes) -> None:
        way = self.sink.ways.of(self.recipient)
        if way == "cut_before":
            self.transport.abort()
        elif way == "busy":
            self.transport.write(b"451 4.3.0 not now\r\n")
        elif way == "full":
            self.transport.write(b"550 5.2.2 full\r\n")
        else:
            self._keep(content)
            if way == "cut_after":
                self.transport.abort()
            elif way == "slow":
                self.sink._loop.call_later(self.sink.ways.slow_seconds, self.transport.write, b"250 ok\r\n")
            else:
                self.transport.write(b"250 ok\r\n")

    def _keep(self, content: bytes) -> None:
        found = _MESSAGE_ID.search(content)
        self.sink.arrived[found[1].decode() if found else "", self.recipient] += 1
