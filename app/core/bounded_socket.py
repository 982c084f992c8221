"""A socket as http.client needs it, for answers of servers that may be anybody's."""

import io
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let what is done with a socket in TLS take so long, all of it. Raises TimeoutError.

    Under gevent a timeout of the socket's holds for each wait within one call: a handshake or a record that comes byte
    by byte takes hours. Elsewhere it holds for the call.
    """
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("socket"):
        yield
        return
    from gevent import Timeout

    with Timeout(max(seconds, 0.001), TimeoutError):
        yield


class BoundedSocket:
    """What http.client needs of a socket, under one deadline: a timeout per read lets a slow drip go on.

    `room` bytes are read of it and no more. http.client takes a chunk whose size is below nought for "all there is".
    """

    def __init__(self, sock: socket.socket, deadline: float, room: int) -> None:
        self._sock, self._deadline, self._room = sock, deadline, room

    def sendall(self, data: bytes) -> None:
        """Send all of it. Raises TimeoutError."""
        rest = memoryview(data)
        while rest:
            self.allow_remaining_time()
            rest = rest[self._sock.send(rest) :]

    def recv_into(self, buffer: Any) -> int:
        """Read what there is. Raises TimeoutError, or ConnectionError when too much has come."""
        with at_most(self.allow_remaining_time()):
            size = self._sock.recv_into(buffer)
        self._room -= size
        if self._room < 0:
            raise ConnectionError("the answer is too large")
        return size

    def allow_remaining_time(self) -> float:
        """Let the next step take what is left of the time; returns how much. Raises TimeoutError when nothing is."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        return remaining

    def makefile(self, *_: Any) -> io.BufferedReader:
        """The bytes of the answer, to be read from."""
        return io.BufferedReader(_Answer(self))

    def close(self) -> None:
        """http.client closes before it reads the body; the socket itself is closed by whoever made it."""


class _Answer(io.RawIOBase):
    """The bytes of the answer. http.client takes a head that breaks off for a whole one; this does not."""

    def __init__(self, sock: BoundedSocket) -> None:
        self._sock = sock
        self._end, self._head_complete = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._sock.recv_into(buffer)
        if not self._head_complete:
            self._end = self._end[-3:] + bytes(buffer[:size])
            self._head_complete = b"\n\r\n" in self._end or b"\n\n" in self._end
            if not size and not self._head_complete:
                raise ConnectionResetError
        return size
