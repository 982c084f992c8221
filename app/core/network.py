"""Where a request comes from, as far as the trusted proxies tell."""

import ipaddress
import re

import structlog
from flask import Flask, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

log = structlog.get_logger(__name__)

#: How much one person sends by hand. Anybody may sign up, and each text costs money and each mail our good name.
SENDING = "60 per minute; 1000 per day"
#: How many strangers' mailboxes one person's invitations reach: more than a firm has hands.
INVITING = "50 per day"

#: An address as proxies write it: 203.0.113.9, 203.0.113.9:4711, 2001:db8::1, [2001:db8::1], [2001:db8::1]:4711. A zone
#: (fe80::1%eth0) says something only on the machine that wrote it.
_WRITTEN = re.compile(
    r"(?:\[([0-9a-f:.]+)(?:%[^]]*)?\]|([0-9.]+))(?::\d*)?|([0-9a-f:.]+)(?:%.*)?", re.ASCII | re.IGNORECASE
)


def believe_proxies(app: Flask, hops: int) -> None:
    """Let that many proxies in front say where a request came from."""
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def notice_proxies(app: Flask) -> None:
    """Warn once that a proxy seems to stand in front, though none is believed.

    All callers would have its address, and the limits that count networks would soon refuse all of them.
    """
    told: list[bool] = []

    @app.before_request
    def notice() -> None:
        if not told and "X-Forwarded-For" in request.headers:
            told.append(True)
            log.warning("proxy_not_trusted", setting="TRUSTED_PROXIES", is_now=0)


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a proxy wrote, without port, brackets and zone, an IPv4 one within IPv6 as what it is; None for
    what is no address, such as "unknown".
    """
    written = _WRITTEN.fullmatch(text.strip())
    try:
        address = ipaddress.ip_address(next(filter(None, written.groups()))) if written else None
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address() -> str | None:
    """The caller's address as text, or None. ProxyFix has already removed what untrusted proxies claim."""
    address = parse_address(request.remote_addr or "")
    return str(address) if address else None


def person_or_block() -> str:
    """Who limits on sending count: the signed-in person, wherever they are; the address block of anybody else."""
    return f"person:{current_user.user_id}" if current_user.is_authenticated else client_block()


def client_block() -> str:
    """The caller's address block, the unit that rate limits count: /24 for IPv4, /64 for IPv6."""
    address = parse_address(request.remote_addr or "")
    if address is None:
        return "unknown"
    size = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))
