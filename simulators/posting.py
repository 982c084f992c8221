"""What the simulators send to Sill: one POST, never through a proxy, never following a redirect."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

SECONDS = 15


def post(url: str, body: bytes, headers: dict[str, str]) -> str:
    """Post once to an http or https address; returns the status as text, or "no answer"."""
    try:
        target = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}[target.scheme]
        connection = kind(target.hostname or "", target.port, timeout=SECONDS)
        try:
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            connection.request("POST", path, body, {**headers, "Connection": "close"})
            return str(connection.getresponse().status)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError, KeyError):
        return "no answer"
