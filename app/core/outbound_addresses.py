"""Which addresses an outbound connection may go to (SSRF), and the errors of outbound requests.

Pre-checking a name and connecting to it later is beaten by a name that changes in between, so the caller
connects to the addresses returned here and to nothing else.
"""

import ipaddress
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

LOOKUP_SECONDS = 5.0
#: Lookups side by side under gevent, of the operator's hosts and of those that anybody named, each for itself: a name
#: server that is silent keeps a thread for as long as the system likes, and gevent's own threads hash passwords.
_AT_ONCE = 4
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address reached

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundError(Exception):
    """An outbound request without a usable answer. `host` is safe to log and to show."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}" if host else reason)
        self.host = host
        self.reason = reason


class OutboundRefused(OutboundError):
    """Our own policy forbids the request; nothing was sent and trying again will not help."""


class OutboundNotSent(OutboundError):
    """The far end certainly did not get the request (no such name, refused, no TLS); it may be sent again."""


class OutboundNoName(OutboundNotSent):
    """There is no such name (or nobody could look it up in time)."""


class OutboundUntrusted(OutboundNotSent):
    """The far end's certificate is not to be trusted: nothing was sent to it."""


class OutboundUnclear(OutboundError):
    """The request went out and no clear answer came back; the far end may have acted on it."""


def vetted_addresses(host: str, port: int, deadline: float, allow_private: bool) -> list[Address]:
    """Resolve the name once; every address must be allowed, or none is used.

    `deadline` is on the monotonic clock. Raises OutboundNotSent when there is no address, OutboundRefused
    when one of them is not allowed.
    """
    addresses = _resolved(host, port, deadline, allow_private)
    if not all(is_allowed(address, allow_private) for address in addresses):
        raise OutboundRefused(host, "the address is not on the public internet")
    return addresses


def _resolved(host: str, port: int, deadline: float, is_own: bool) -> list[Address]:
    seconds = max(0.001, min(LOOKUP_SECONDS, deadline - time.monotonic()))
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        found = _by_greenlet(monkey.get_original("socket", "getaddrinfo"), host, port, seconds, is_own)
    else:
        found = _by_thread(host, port, seconds)
    if found is None:
        raise OutboundNoName(host, "the name lookup took too long")
    if not found:
        raise OutboundNoName(host, "the name does not resolve")
    return list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in found))


# getaddrinfo knows no time limit, so it runs aside and is left behind when it takes too long.


def _by_thread(host: str, port: int, seconds: float) -> list[Any] | None:
    answers: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    look_up = threading.Thread(
        target=lambda: answers.put(_looked_up(socket.getaddrinfo, host, port)), daemon=True, name="outbound-dns"
    )
    look_up.start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        return None


def _by_greenlet(
    getaddrinfo: Callable[..., list[Any]], host: str, port: int, seconds: float, is_own: bool
) -> list[Any] | None:
    from gevent import Timeout

    with Timeout(seconds, False):
        found: list[Any] = _threads(is_own).spawn(_looked_up, getaddrinfo, host, port).get()
        return found
    return None


@cache
def _threads(is_own: bool) -> Any:
    from gevent.threadpool import ThreadPool

    return ThreadPool(_AT_ONCE)


def _looked_up(getaddrinfo: Callable[..., list[Any]], host: str, port: int) -> list[Any]:
    try:
        return getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []


def is_allowed(address: Address, allow_private: bool = False) -> bool:
    """Whether a connection may go there; `allow_private` admits loopback and private networks."""
    real = _unmapped(address)
    if real.is_multicast or real.is_unspecified or real.is_link_local:
        return False
    if allow_private:
        return True
    # is_global calls the old ::a.b.c.d and fec0:: forms public; both can lead inside.
    return real.is_global and not real.is_reserved and not getattr(real, "is_site_local", False)


def _unmapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 form leads to (v4-mapped, NAT64, 6to4), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
