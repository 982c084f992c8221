"""The work of exports: making the file some leads at a time, and deleting it when its time is over."""

import time
from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from app.core import outbox
from app.core.errors import NotFound
from app.core.outbox import Claim, Fenced, Retry
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.exports import services
from app.exports.services import FORGET, WORK
from app.exports.words import NO_LONGER_ALLOWED, STOPPED
from app.files.ports import StoreUnavailable
from app.files.services.keeping import delete_variants, store_variants
from app.workspaces.queries import member_now

__all__ = ["FORGET", "WORK", "forget", "work"]

log = structlog.get_logger(__name__)
#: For so long one turn works on an export; then other work, such as messages that are due, has its turn.
TURN_SECONDS = 4.0
#: Leads of one piece: a megabyte of CSV, and less than a second.
PIECE = 2_000
#: Attempts before an export ends as failed; the outbox itself would end it without a word.
_MOST_TRIES = 4


def work(claim: Claim) -> None:
    """Do the work `export.work`: go on with an export for one turn; more is left for another turn.

    Whoever takes the work up again after a worker that died goes on behind the last whole piece.
    """
    ends = time.monotonic() + TURN_SECONDS
    while True:
        try:
            more = _go_on(claim)
        except NotFound:  # removed, its row and all
            more = False
        except (Fenced, OperationalError):
            raise
        except Exception as error:
            log.warning("export_piece_failed", error=type(error).__name__)
            more = _give_up(claim)
        if not more or time.monotonic() >= ends:
            break
    with transaction():
        if more:
            outbox.enqueue(WORK, claim.subject_id, dedupe_key=f"{claim.subject_id}/after/{claim.item_id}")
        claim.finish()


def forget(claim: Claim) -> None:
    """Do the work `export.forget`: delete an export whose time is over, its row first and then its bytes.

    What a crash or a store that does not answer leaves behind, the sweep of files finds.
    """
    with transaction():
        try:
            pieces = services.forget(claim.subject_id)
        except NotFound:
            pieces = []
        claim.finish()
    _delete(pieces)


def _go_on(claim: Claim) -> bool:
    """Make the next piece; returns whether there are more. Raises NotFound for an export that is gone."""
    unwanted: list[UUID] = []
    piece = None
    with transaction():
        viewer = member_now(services.load_export(claim.subject_id).created_by)
        if viewer is None or not viewer.can("leads:import"):
            unwanted = _refuse(claim)
        else:
            piece = services.write_piece(claim.subject_id, viewer, PIECE)
    _delete(unwanted)
    if piece is None or viewer is None:
        return False
    store_variants(piece.sealed)  # nothing of the database is held meanwhile
    try:
        with transaction():
            if not outbox.renew_all([claim]):
                raise Fenced
            kept = services.keep_piece(piece, viewer, Actor("person", viewer.user_id, name=viewer.name))
    except (Fenced, NotFound):
        _delete([piece.file_id])
        raise
    if not kept:
        _delete([piece.file_id])
    return kept and not piece.is_last


def _refuse(claim: Claim) -> list[UUID]:
    """End an export whose maker may not have it any more."""
    made = services.load_export(claim.subject_id, lock=True)
    if made.state != "running":
        return []
    return services.end(made, "failed", Actor("person", made.created_by), error=NO_LONGER_ALLOWED)


def _give_up(claim: Claim) -> bool:
    """An export that fails is tried again some times, then ends for a person to see."""
    if claim.attempts < _MOST_TRIES:
        raise Retry("export_piece_failed")
    with transaction():
        made = services.load_export(claim.subject_id, lock=True)
        actor = Actor("person", made.created_by)
        unwanted = services.end(made, "failed", actor, error=STOPPED) if made.state == "running" else []
    _delete(unwanted)
    return False


def _delete(pieces: Iterable[UUID]) -> None:
    for file_id in pieces:
        try:
            delete_variants(current_workspace_id(), file_id)
        except StoreUnavailable as error:
            log.warning("export_bytes_left_for_sweep", file=str(file_id), code=str(error))
