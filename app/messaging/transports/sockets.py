"""Connections to servers that a workspace named, other than by HTTP: mail servers and mailboxes.

As in core/http.py, a name is resolved once, every address behind it must be allowed, and the connection goes to a
vetted address itself, so that nobody reaches our own network by naming a server in it.
"""

import io
import math
import socket
import ssl
import time
from typing import Any

from app.core.bounded_socket import at_most
from app.core.outbound_addresses import OutboundError, vetted_addresses


class Deadline:
    """A moment by which everything together must be over."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.begin(seconds)

    def begin(self, seconds: float) -> None:
        """It is so many seconds from now."""
        self.until = time.monotonic() + seconds  # on the monotonic clock

    def extend(self, seconds: float) -> None:
        """It is so many seconds later than it was."""
        self.until += seconds

    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError when none is."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Said(io.RawIOBase):
    """What a server says, until a deadline and at most `room` bytes of it: it may be anybody's, and a timeout for each
    read would let a slow drip go on for hours and a quick one fill the memory.

    `step` limits the silence before each piece too, where the whole may take long if only something comes.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, room: int, step: float = math.inf) -> None:
        self._sock, self._deadline, self.room, self._step = sock, deadline, room, step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = min(self._step, self._deadline.left())
        self._sock.settimeout(seconds)
        with at_most(seconds):
            size = self._sock.recv_into(buffer)
        self.room -= size
        if self.room < 0:
            raise ConnectionError("the server says too much")
        return size


class TimedTls:
    """What smtplib and imaplib secure a connection with after STARTTLS: under the deadline of everything else."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """The connection within TLS, to a server whose certificate is in order. Raises OSError or ValueError."""
        sock.settimeout(self._deadline.left())
        with at_most(self._deadline.left()):
            return ssl.create_default_context().wrap_socket(sock, server_hostname=server_hostname)


def connect(host: str, port: int, deadline: Deadline, *, tls: bool, allow_private: bool) -> socket.socket:
    """A connection to a server, made before the deadline, `tls` from its first byte on.

    `allow_private` admits loopback and private networks: only for a server that the operator set. Raises OSError,
    TimeoutError when there was no time left.
    """
    try:
        addresses = vetted_addresses(host, port, deadline.until, allow_private)
    except OutboundError as error:
        raise ConnectionError(error.reason) from None
    sock = _first([str(address) for address in addresses], port, deadline)
    try:
        return TimedTls(deadline).wrap_socket(sock, host) if tls else sock
    except TimeoutError:
        sock.close()
        raise
    except (OSError, ValueError):
        sock.close()
        raise ConnectionError("no secure connection could be made") from None


def _first(addresses: list[str], port: int, deadline: Deadline) -> socket.socket:
    for address in addresses:
        try:
            return socket.create_connection((address, port), deadline.left())
        except OSError:
            continue
    deadline.left()
    raise ConnectionError("no connection could be made")
