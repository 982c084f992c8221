"""The websites that may show a form, as they are typed: exact origins, since they go into a header."""

import re
from urllib.parse import urlsplit

from app.core.errors import Invalid

MOST_SITES = 20
_LOCAL_HOSTS = ("localhost", "127.0.0.1")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def read_sites(text: str, *, secure: bool) -> list[str]:
    """Origins, one a line or parted by spaces, each once. With `secure` they must be on https. Raises Invalid."""
    found: dict[str, None] = {}
    for piece in text[:5000].split():
        origin = _origin(piece, secure)
        if origin is None:
            raise Invalid({"allowed_origins": f"Write each site like https://www.example.com, not {piece[:60]}."})
        found[origin] = None
    if len(found) > MOST_SITES:
        raise Invalid({"allowed_origins": f"List at most {MOST_SITES} websites."})
    return list(found)


def read_address(text: str, *, secure: bool) -> str | None:
    """A web address to send a customer to, "" for none. None when it is not one, or not on https.

    Without `secure` (a Sill that is itself on http, on somebody's own computer) a local one may be on http.
    """
    text = text.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text[:501])
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # a UnicodeError is one too
        return None
    if len(text) > 500:
        return None
    if not _HOST.fullmatch(host) or parts.username is not None or any(mark <= " " or mark in '"<>\\' for mark in text):
        return None
    if not _allowed(parts.scheme, host, secure) or ("." not in host and host not in _LOCAL_HOSTS):
        return None
    rest = (
        (parts.path or "/")
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
    )
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") + rest


def _origin(piece: str, secure: bool) -> str | None:
    try:
        parts = urlsplit(piece.rstrip("/").lower())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()  # as browsers name a site with letters of its own
    except ValueError:
        return None
    if not _HOST.fullmatch(host) or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    if not _allowed(parts.scheme, host, secure):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _allowed(scheme: str, host: str, secure: bool) -> bool:
    return scheme == "https" or (scheme == "http" and not secure and host in _LOCAL_HOSTS)
