"""The work of imports: the dry run, bringing rows in, taking them back, some rows at a time."""

import time
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import Claim, Fenced, Retry
from app.core.permissions import Actor
from app.core.transactions import transaction
from app.imports import services
from app.imports.services import FORGET, WORK
from app.workspaces.queries import member_now

__all__ = ["FORGET", "WORK", "forget", "work"]

log = structlog.get_logger(__name__)
#: For so long one turn works on an import; then other work, such as messages that are due, has its turn.
TURN_SECONDS = 4.0
#: Rows of one transaction: a dry run only reads.
PIECES = {"checking": 500, "running": 250, "undoing": 200}
#: Attempts at a dry run or an undo before it ends as failed; the outbox itself would end it without a word.
_MOST_TRIES = 4
#: After so long an import that was under way is looked at again.
_LATER = timedelta(days=1)
_STEPS = {
    "checking": services.check_some, "running": services.bring_in_some, "undoing": services.undo_some,
}  # fmt: skip


def work(claim: Claim) -> None:
    """Do the work `import.work`: go on with an import for one turn; more is left for another turn.

    Each piece commits by itself. A worker that dies leaves whole pieces behind, and whoever takes the work up again
    goes on with the rows that are left. A piece that fails is done row by row, so that one row keeps back no other.
    """
    ends = time.monotonic() + TURN_SECONDS
    while True:
        try:
            with transaction():
                more = _go_on(claim)
        except (Fenced, OperationalError):
            raise
        except Exception as error:
            log.warning("import_piece_failed", error=type(error).__name__)
            more = _row_by_row(claim, ends) if _is_running(claim) else _give_up(claim)
        if not more or time.monotonic() >= ends:
            break
    with transaction():
        if more:
            outbox.enqueue(WORK, claim.subject_id, dedupe_key=f"{claim.subject_id}/after/{claim.item_id}")
        claim.finish()


def forget(claim: Claim) -> None:
    """Do the work `import.forget`: let go of the rows of an import that no lead was made of; it can go on no more. One
    that is under way has its end first.
    """
    with transaction():
        try:
            made = services.locked_import(claim.subject_id)
        except NotFound:
            return
        if made.state in _STEPS:
            claim.put_back(utcnow() + _LATER, "under_way", uncounted=True)
            return
        services.let_go(made)
    position: int | None = 0
    while position is not None:
        with transaction():
            position = services.forget_left(claim.subject_id, position)


def _go_on(claim: Claim, size: int | None = None) -> bool:
    try:
        made = services.locked_import(claim.subject_id)
    except NotFound:
        return False
    if made.state not in _STEPS:
        return False
    viewer = member_now(services.asked_by(made))  # as they are now
    if viewer is None or not viewer.can("leads:import"):
        asked_by = Actor("person", made.created_by)
        if made.state == "checking":
            services.drop_check(made)  # of what nobody has seen to its end no row comes in
        services.end(made, "cancelled", asked_by, error="Whoever began this may not bring leads in any more.")
        return False
    actor = Actor("person", viewer.user_id, name=viewer.name)
    return _STEPS[made.state](made.id, actor, size or PIECES[made.state])


def _row_by_row(claim: Claim, ends: float) -> bool:
    """Bring rows in one at a time; one that fails alone is set aside."""
    for _ in range(PIECES["running"]):
        try:
            with transaction():
                more = _go_on(claim, size=1)
        except (Fenced, OperationalError):
            raise
        except Exception as error:
            log.warning("import_row_failed", error=type(error).__name__)
            with transaction():
                services.fail_next(claim.subject_id)
            more = True
        if not more or time.monotonic() >= ends:
            return more
    return True


def _is_running(claim: Claim) -> bool:
    with transaction():
        return services.locked_import(claim.subject_id).state == "running"


def _give_up(claim: Claim) -> bool:
    """A dry run or an undo that fails is tried again some times, then ends for a person to see."""
    if claim.attempts < _MOST_TRIES:
        raise Retry("import_piece_failed")
    with transaction():
        made = services.locked_import(claim.subject_id)
        words = "Something went wrong on our side. Try it again; if it stops again, bring the file in in smaller parts."
        was_checking = made.state == "checking"
        services.end(made, "failed", Actor("person", services.asked_by(made)), error=words)
        if was_checking:
            services.drop_check(made)
    return False
