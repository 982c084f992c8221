"""The end of an import: who began it hears of it, once."""

from uuid import UUID

from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.ids import parse_id
from app.core.permissions import Actor
from app.core.tenancy import acting_in
from app.imports.models import Import
from app.notifications.services import notify


def end(made: Import, state: str, actor: Actor, *, error: str | None = None) -> None:
    """Close what is under way: `state` is "done", "undone", "cancelled" or "failed"; `error` says why, in words."""
    made.state, made.finished_at, made.error = state, utcnow(), error
    figures = {key: value for key, value in made.figures.items() if isinstance(value, int)}
    publish(
        Event(
            f"import.{state}", made.workspace_id, actor, "import", made.id, data=figures,
            topics=frozenset({topic("import", made.id), "imports", "board"}),
        )
    )  # fmt: skip
    if state != "cancelled":
        told = {"import_id": str(made.id), "state": state, **{key: figures.get(key, 0) for key in _TOLD}}
        with acting_in(made.workspace_id, user_id=asked_by(made)):  # a member's lines are theirs alone
            notify(asked_by(made), "import_done", actor=actor, data=told)


_TOLD = ("created", "joined", "skipped", "failed", "undone", "kept")


def asked_by(made: Import) -> UUID:
    """Who asked for what is ending."""
    return parse_id(made.options.get("asked_by")) or made.created_by
