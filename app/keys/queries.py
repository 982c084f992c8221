"""Whose keys there are. Workspaces are found by their addresses, since nobody sees into all of them."""

from collections.abc import Iterator
from uuid import UUID

from app.core import access_keys
from app.core.tenancy import acting_in
from app.core.transactions import transaction

_AT_ONCE = 500


def every_workspace() -> Iterator[UUID]:
    """The ids of all workspaces, the oldest first; those made meanwhile come last. No transaction is held between."""
    last: UUID | None = None
    while True:
        with acting_in(None, sees="none"), transaction():
            page = access_keys.workspaces_after(last, _AT_ONCE)
        yield from page
        if len(page) < _AT_ONCE:
            return
        last = page[-1]


def workspace_named(slug: str) -> UUID | None:
    """The id of the workspace with this address; None where there is none."""
    with acting_in(None, sees="none"), transaction():
        found = access_keys.find("slug", slug)
    return found.workspace_id if found else None
