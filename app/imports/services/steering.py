"""What a person asks of an import: the dry run, bringing it in, taking it back, calling it off."""

from uuid import UUID

from sqlalchemy import update

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.ids import new_id
from app.core.permissions import Actor
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.queries.reading import WORK, is_worked_on
from app.imports.queries.showing import FORGOTTEN
from app.imports.services.choosing import locked_import
from app.imports.services.ending import end

__all__ = ["WORK", "cancel", "check", "drop_check", "run", "undo"]

_GOING_ON = "This import is under way already."


def check(import_id: UUID, actor: Actor) -> Import:
    """Begin the dry run, in the background. Raises Conflict when the import has gone further already."""
    made = locked_import(import_id)
    if made.state not in ("uploaded", "checked"):
        raise Conflict(_GOING_ON if made.state == "checking" else "This import has begun already.")
    db.session.execute(  # what an earlier dry run has said of rows, with whatever columns they were read then
        update(ImportRow)
        .where(
            ImportRow.workspace_id == made.workspace_id, ImportRow.import_id == made.id, ImportRow.finding.is_not(None)
        )
        .values(finding=None, problems=[])
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    made.figures = {}
    return _start(made, "checking", actor)


def run(import_id: UUID, actor: Actor) -> Import:
    """Begin bringing the rows in, in the background, or go on after it was called off.

    Raises Conflict before the dry run, and once it is done.
    """
    made = locked_import(import_id)
    if made.state not in ("checked", "cancelled", "failed") or not made.figures:
        raise Conflict(_GOING_ON if made.state == "running" else "Check the file first, then bring it in.")
    if made.figures.get(FORGOTTEN):
        raise Conflict("What stood in this file has been let go of. Choose the file again.")
    if not (made.figures.get("ready") or made.figures.get("duplicate")):
        raise Conflict("There is no row in this file that can be brought in.")
    return _start(made, "running", actor, done=_brought_in(made))


def undo(import_id: UUID, actor: Actor) -> Import:
    """Begin taking the import back, in the background, or go on with it where that stands still.

    Raises Conflict while it runs and where nothing was made.
    """
    made = locked_import(import_id)
    if made.state == "running":
        raise Conflict("Stop the import first, then undo it.")
    stands_still = made.state == "undoing" and not is_worked_on(made.id)
    if not stands_still and made.state not in ("done", "cancelled", "failed"):
        raise Conflict("There is nothing to undo.")
    if not stands_still and not (made.figures.get("created") or made.figures.get("joined")):
        raise Conflict("This import has made and changed no leads, so there is nothing to undo.")
    return _start(made, "undoing", actor)


def cancel(import_id: UUID, actor: Actor) -> Import:
    """Call the import off: a dry run is dropped, rows not brought in yet stay out. Raises Conflict when it is over."""
    made = locked_import(import_id)
    if made.state == "checking":
        drop_check(made)
        db.session.flush()
        return made
    if made.state not in ("uploaded", "checked", "running"):
        raise Conflict("This import is over already.")
    end(made, "cancelled", actor)
    db.session.flush()
    return made


def drop_check(made: Import) -> None:
    """Forget what a dry run has said so far: the next one begins anew."""
    made.state, made.done, made.figures = "uploaded", 0, {}


def _start(made: Import, state: str, actor: Actor, *, done: int = 0) -> Import:
    made.state, made.done, made.error = state, done, None
    made.started_at, made.finished_at = utcnow(), None
    made.options = {**made.options, "asked_by": str(actor.user_id) if actor.user_id else None}
    db.session.flush()
    outbox.enqueue(WORK, made.id, dedupe_key=f"{made.id}/{new_id()}")
    publish(
        Event(
            f"import.{state}", made.workspace_id, actor, "import", made.id, data={"rows": made.total},
            topics=frozenset({topic("import", made.id), "imports"}),
        )
    )  # fmt: skip
    return made


def _brought_in(made: Import) -> int:
    return sum(made.figures.get(word, 0) for word in ("created", "joined", "skipped", "failed"))
