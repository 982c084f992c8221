"""The cursors of the running app: signed with its secret, and worth nothing in another workspace."""

from collections.abc import Sequence

from flask import current_app

from app.core.pagination import Part, decode_cursor, encode_cursor
from app.core.tenancy import current_workspace_id


def make_cursor(parts: Sequence[Part], listed: str) -> str:
    """The cursor after the row with these sort keys. `listed` names the list with all that narrows it."""
    return encode_cursor(list(parts), _secret(), _context(listed))


def read_cursor(cursor: str | None, listed: str) -> list[Part] | None:
    """The sort keys in a cursor of the same list; None, so that the list starts from the top, for any other text."""
    return decode_cursor(cursor, _secret(), _context(listed))


def _context(listed: str) -> str:
    return f"{current_workspace_id()}:{listed}"


def _secret() -> bytes:
    return str(current_app.secret_key).encode()
