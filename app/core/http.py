"""The only door for outbound HTTP: webhooks, Squeegee, providers.

An address typed by a user must not reach our own network (SSRF). So a name is resolved once, every address
behind it must be public, the connection goes to the vetted address itself, and redirects and proxies are
never followed.

The three errors answer the only question a sender has to ask: may I send this again?
`OutboundRefused` and `OutboundNotSent`: the far end certainly did not get it. `OutboundUnclear`: it may have.
No error carries the path, the headers or the body: those may hold customer data and secrets.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from json import dumps, loads
from typing import Any
from urllib.parse import SplitResult, urlsplit

from app.core.bounded_socket import BoundedSocket, at_most
from app.core.outbound_addresses import (
    Address,
    OutboundError,
    OutboundNoName,
    OutboundNotSent,
    OutboundRefused,
    OutboundUnclear,
    OutboundUntrusted,
    vetted_addresses,
)

__all__ = [
    "OutboundError", "OutboundNoName", "OutboundNotSent", "OutboundRefused", "OutboundUnclear", "OutboundUntrusted",
    "Response", "request",
]  # fmt: skip

CONNECT_SECONDS = 5.0
#: So much is read of an answer, whatever it says of itself: a head, and a body in the smallest of chunks.
_HEAD_BYTES, _FRAMING = 1_048_576, 8
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
# Set here alone; a caller's own value could smuggle a second request or another host past the checks.
OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect"}
)


@dataclass(frozen=True)
class Response:
    """What came back. `headers` has lower-case names; `body` is cut at `max_bytes` (then `truncated`)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    host: str
    truncated: bool = False

    def json(self) -> Any:
        """Return the decoded body. Raises OutboundUnclear when it is cut off or is no JSON."""
        if self.truncated:
            raise OutboundUnclear(self.host, "the answer is too large")
        try:
            return loads(self.body)
        except (ValueError, RecursionError):
            raise OutboundUnclear(self.host, "the answer is not JSON") from None


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    json: Any = None,
    timeout: float = 15.0,
    allow_private: bool = False,
    max_bytes: int = 65536,
) -> Response:
    """Send one request, once, and return the answer whatever its status; redirects are not followed.

    `timeout` limits everything together, in seconds: name lookup, connecting, a slowly dripping body.
    `allow_private` is for hosts set by the operator (the local simulators, an own gateway): it admits plain
    http, any port, loopback and private networks, but still no link-local (cloud metadata), multicast or
    wildcard address. Raises OutboundRefused, OutboundNotSent or OutboundUnclear; ValueError when both `body`
    and `json` are given.
    """
    if body is not None and json is not None:
        raise ValueError("give body or json, not both")
    deadline = time.monotonic() + timeout
    target, host, port = _checked_url(url, allow_private)
    sent_headers = _checked_headers(method, headers or {}, host)
    if json is not None:
        body = dumps(json).encode()
        sent_headers.setdefault("content-type", "application/json")
    addresses = vetted_addresses(host, port, deadline, allow_private)
    sock = _connected(addresses, port, host, deadline)
    try:
        if target.scheme == "https":
            sock = _tls(sock, host, deadline)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection = HTTPConnection(host, port)
        # Without this the Host header would name the port.
        connection.default_port = 443 if target.scheme == "https" else 80
        message = _Message(method, path, sent_headers, body)
        return _exchange(sock, connection, message, deadline, max_bytes)
    finally:
        sock.close()


def _checked_url(url: str, allow_private: bool) -> tuple[SplitResult, str, int]:
    # Parsers disagree about backslashes, spaces and userinfo; what they disagree about is not let in.
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise OutboundRefused("", "the address holds characters that are not allowed")
    try:
        target = urlsplit(url)
        host, port = (target.hostname or "").rstrip("."), target.port
    except ValueError:
        raise OutboundRefused("", "the address cannot be read") from None
    if not host or "@" in target.netloc or "%" in target.netloc:
        raise OutboundRefused("", "the address needs a plain host name, without user name or escapes")
    if target.scheme != "https" and not (target.scheme == "http" and allow_private):
        raise OutboundRefused(host, "only https is allowed")
    if port == 0 or (port not in (None, 443) and not allow_private):
        raise OutboundRefused(host, "only port 443 is allowed")
    last = host.rpartition(".")[2]
    if ":" not in host and re.fullmatch(r"\d+|0x[0-9a-f]*", last) and not _is_dotted_quad(host):
        raise OutboundRefused(host, "the address is a number in disguise")
    return target, host, port or (443 if target.scheme == "https" else 80)


def _is_dotted_quad(host: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(host))
    except ValueError:
        return False


def _checked_headers(method: str, headers: Mapping[str, str], host: str) -> dict[str, str]:
    checked = {name.lower(): value for name, value in headers.items()}
    if method not in METHODS:
        raise OutboundRefused(host, "the method is not allowed")
    for name, value in checked.items():
        if name in OWN_HEADERS or name.startswith("proxy-") or not re.fullmatch(r"[a-z0-9-]+", name):
            raise OutboundRefused(host, "a header name is not allowed")
        if not value.isascii() or not value.isprintable():
            raise OutboundRefused(host, "a header value holds characters that are not allowed")
    # An answer we did not allow to be compressed cannot unfold into something huge.
    return {"user-agent": "Sill/1", **checked, "connection": "close", "accept-encoding": "identity"}


def _connected(addresses: list[Address], port: int, host: str, deadline: float) -> socket.socket:
    limit = min(deadline, time.monotonic() + CONNECT_SECONDS)
    for address in addresses:
        try:
            sock = socket.create_connection((str(address), port), max(0.001, limit - time.monotonic()))
        except OSError:
            continue
        if ipaddress.ip_address(sock.getpeername()[0]) == address:
            return sock
        sock.close()
        raise OutboundRefused(host, "the connection ended at another address")
    raise OutboundNotSent(host, "no connection could be made")


def _tls(sock: socket.socket, host: str, deadline: float) -> socket.socket:
    try:
        seconds = max(0.001, min(CONNECT_SECONDS, deadline - time.monotonic()))
        sock.settimeout(seconds)
        with at_most(seconds):
            return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except ssl.SSLCertVerificationError:
        raise OutboundUntrusted(host, "its certificate is not to be trusted") from None
    except (OSError, ValueError):
        raise OutboundNotSent(host, "no secure connection could be made") from None


def _exchange(
    sock: socket.socket, connection: HTTPConnection, message: "_Message", deadline: float, max_bytes: int
) -> Response:
    connection.sock = BoundedSocket(sock, deadline, room=_HEAD_BYTES + _FRAMING * max_bytes)
    try:
        connection.request(message.method, message.path, message.body, message.headers)
        answer = connection.getresponse()
        content = answer.read(max_bytes + 1)
    except (OSError, HTTPException, ValueError) as error:
        # `from None`: http.client puts the bad line it read into its messages.
        late = isinstance(error, TimeoutError) or time.monotonic() >= deadline
        reason = "no answer in time" if late else "the connection broke"
        raise OutboundUnclear(connection.host, reason) from None
    # A short body is no error to http.client when a size is asked for; `length` holds what is still missing.
    if len(content) <= max_bytes and answer.length:
        raise OutboundUnclear(connection.host, "the answer broke off")
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Response(answer.status, found, content[:max_bytes], connection.host, len(content) > max_bytes)


@dataclass(frozen=True)
class _Message:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
