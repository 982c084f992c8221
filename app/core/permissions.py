"""Who may do what: built-in roles as sets of `resource:action`, and what each role sees in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import abort, g

P = ParamSpec("P")
R = TypeVar("R")

PERMISSIONS = frozenset(
    {
        "leads:read", "leads:write", "leads:assign", "leads:transfer", "leads:delete", "leads:import",
        "contacts:read", "contacts:write",
        "activities:write",
        "quotes:read", "quotes:write",
        "messages:read", "messages:write",
        "appointments:read", "appointments:write",
        "settings:read", "settings:write",
        "members:read", "members:write",
        "reports:read",
        "audit:read",
    }
)  # fmt: skip

ROLES: dict[str, frozenset[str]] = {
    "owner": PERMISSIONS,
    "admin": PERMISSIONS,
    "manager": PERMISSIONS - {"settings:write", "members:write", "audit:read", "leads:delete"},
    "sales": frozenset(
        {
            "leads:read", "leads:write", "leads:transfer", "contacts:read", "contacts:write", "activities:write",
            "quotes:read", "quotes:write", "messages:read", "messages:write", "appointments:read",
            "appointments:write",
        }
    ),
    "crew": frozenset({"leads:read", "contacts:read", "activities:write", "appointments:read", "quotes:read"}),
    "viewer": frozenset(
        {"leads:read", "contacts:read", "quotes:read", "messages:read", "appointments:read", "settings:read",
         "reports:read"}
    ),
}  # fmt: skip

#: What a role sees (see core/tenancy.Scope); row-level security enforces it.
SEES = {"owner": "all", "admin": "all", "manager": "all", "sales": "own", "crew": "visits", "viewer": "read"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as services and the audit log see it. `kind`: person, customer or system."""

    kind: str
    user_id: UUID | None = None
    name: str = ""
    address: str | None = None
    device: str | None = None
    request_id: str | None = None


SYSTEM = Actor("system", name="Sill")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in member of the workspace on whose behalf a page is made."""

    user_id: UUID
    name: str
    email: str
    role: str

    def can(self, permission: str) -> bool:
        """Whether the member's role grants `permission`. A misspelt permission raises KeyError."""
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        return permission in ROLES[self.role]

    @property
    def sees(self) -> str:
        """Which leads the database shows them: a value of SEES."""
        return SEES[self.role]

    @property
    def initials(self) -> str:
        """One or two capital letters for the badge."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def permit(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the permission that a view under /w/<slug>/ needs; without it the answer is 403.

    create_app() refuses to start when a workspace route declares none.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> R:
            if not g.viewer.can(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return declare
