"""Connections to servers that a workspace named, other than by HTTP: mail servers and mailboxes.

As in core/http.py, a name is resolved once, every address behind it must be allowed, and the connection goes to a
vetted address itself, so that nobody reaches our own network by naming a server in it.
"""

import io
import socket
import ssl
import time
from typing import Any

from app.core.outbound_addresses import OutboundError, vetted_addresses


class Deadline:
    """A moment by which everything together must be over."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.begin(seconds)

    def begin(self, seconds: float) -> None:
        """It is so many seconds from now."""
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError when none is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Said(io.RawIOBase):
    """What a server says, until a deadline and at most `room` bytes of it: it may be anybody's, and a timeout for each
    read would let a slow drip go on for hours and a quick one fill the memory.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, step: float, room: int) -> None:
        self._sock, self._deadline, self._step, self.room = sock, deadline, step, room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(min(self._step, self._deadline.left()))
        size = self._sock.recv_into(buffer)
        self.room -= size
        if self.room < 0:
            raise ConnectionError("the server says too much")
        return size


def connect(host: str, port: int, timeout: float, *, tls: bool, allow_private: bool) -> socket.socket:
    """A connection to a server, made within `timeout` seconds, `tls` from its first byte on.

    `allow_private` admits loopback and private networks: only for a server that the operator set. Raises OSError.
    """
    deadline = time.monotonic() + timeout
    try:
        addresses = vetted_addresses(host, port, deadline, allow_private)
    except OutboundError as error:
        raise ConnectionError(error.reason) from None
    sock = _first(host, [str(address) for address in addresses], port, deadline)
    sock.settimeout(timeout)
    if not tls:
        return sock
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError):
        sock.close()
        raise ConnectionError("no secure connection could be made") from None


def _first(host: str, addresses: list[str], port: int, deadline: float) -> socket.socket:
    for address in addresses:
        try:
            return socket.create_connection((address, port), max(0.001, deadline - time.monotonic()))
        except OSError:
            continue
    raise ConnectionError("no connection could be made")
