"""Keyset cursors: where a list goes on, signed so that nobody can make one up or use it on another list.

A cursor is signed, not encrypted, and stands in URLs: put sort keys and ids in it, never customer data.
"""

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime
from uuid import UUID

from app.core.crypto import length_prefixed
from app.core.numbers import whole_number

Part = int | str | datetime | UUID | None

#: The most rows of one answer. A list that has grown beyond it does not ask for itself again (behaviors/live.js).
MOST_AT_ONCE = 300
_LABEL = b"sill/cursor/v1"
_MAC_BYTES = 16
_LONGEST_CURSOR = 1024


def size_of(shown: str | None, page: int) -> int:
    """Return how many rows to give to a list that asks for itself again with `shown` of them, `page` for other text."""
    given = whole_number(shown, 99_999)
    given = page if given is None else given
    return min(max(given, page), MOST_AT_ONCE)


def encode_cursor(parts: list[Part], secret: bytes, context: str) -> str:
    """Return a URL-safe cursor holding `parts`.

    `context` names all that must be the same when it comes back: workspace, list, filter and sort. Raises
    TypeError for a part that is no int, str, aware datetime, UUID or None, ValueError if the cursor would be
    too long to be read.
    """
    payload = json.dumps([_tagged(part) for part in parts], separators=(",", ":")).encode()
    cursor = base64.urlsafe_b64encode(_mac(payload, secret, context) + payload).rstrip(b"=").decode()
    if len(cursor) > _LONGEST_CURSOR:
        raise ValueError("The parts are too long for a cursor.")
    return cursor


def decode_cursor(cursor: str | None, secret: bytes, context: str) -> list[Part] | None:
    """Return the parts of a cursor made with the same secret and context, or None for any other text."""
    if not cursor or len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(payload, secret, context)):
        return None
    # Padding bits of base64 are not signed; one spelling per cursor keeps caches and logs honest.
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != cursor:
        return None
    return [_untagged(kind, value) for kind, value in json.loads(payload)]


def _mac(payload: bytes, secret: bytes, context: str) -> bytes:
    return hmac.digest(secret, length_prefixed([_LABEL, context.encode(), payload]), "sha256")[:_MAC_BYTES]


def _tagged(part: Part) -> tuple[str, int | str | None]:
    if part is None:
        return "n", None
    if isinstance(part, datetime):
        if part.tzinfo is None:
            raise TypeError("A cursor holds aware datetimes only.")
        return "t", part.astimezone(UTC).isoformat()
    if isinstance(part, UUID):
        return "u", str(part)
    if isinstance(part, str):
        return "s", part
    if isinstance(part, int) and not isinstance(part, bool):
        return "i", part
    raise TypeError("A cursor holds int, str, datetime, UUID and None only.")


def _untagged(kind: str, value: int | str | None) -> Part:
    if kind == "t":
        return datetime.fromisoformat(str(value))
    if kind == "u":
        return UUID(str(value))
    return value
