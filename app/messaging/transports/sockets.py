"""Connections to servers that a workspace named, other than by HTTP: mail servers and mailboxes.

As in core/http.py, a name is resolved once, every address behind it must be allowed, and the connection goes to a
vetted address itself, so that nobody reaches our own network by naming a server in it.
"""

import socket
import ssl
import time

from app.core.outbound_addresses import OutboundError, vetted_addresses


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
