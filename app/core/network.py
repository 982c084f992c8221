"""Where a request comes from, as far as the trusted proxies tell."""

import ipaddress

from flask import request
from flask_login import current_user

#: How much one person sends by hand. Anybody may sign up, and each text costs money and each mail our good name.
SENDING = "60 per minute; 1000 per day"


def client_address() -> str:
    """The caller's address as text. ProxyFix has already removed what untrusted proxies claim."""
    return request.remote_addr or "127.0.0.1"


def person_or_block() -> str:
    """Who limits on sending count: the signed-in person, wherever they are; the address block of anybody else."""
    return f"person:{current_user.user_id}" if current_user.is_authenticated else client_block()


def client_block() -> str:
    """The caller's address block, the unit that rate limits count: /24 for IPv4, /64 for IPv6."""
    try:
        address = ipaddress.ip_address(client_address())
    except ValueError:
        return "unknown"
    size = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))
