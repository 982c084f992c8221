"""The work of reading and comparing Squeegee's exports."""

import time
from uuid import UUID

import structlog

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Invalid, NotFound
from app.core.outbox import Claim
from app.core.spreadsheets.tables import Row
from app.core.transactions import transaction
from app.reconciliation import services
from app.reconciliation.models import SqueegeeExport
from app.reconciliation.services import NIGHTLY, RUN
from app.reconciliation.services.gathering import Theirs

__all__ = ["NIGHTLY", "RUN", "compare_nightly", "run"]

log = structlog.get_logger(__name__)
#: For so long one turn works on an export; then other work, such as messages that are due, has its turn.
TURN_SECONDS = 4.0


def run(claim: Claim) -> None:
    """Do the work `reconciliation.run`: go on with an export for one turn; more is left for another turn."""
    rows = _rows(claim.subject_id)
    ends = time.monotonic() + TURN_SECONDS  # from here on, or a turn might pass with nothing but reading
    unplaced: dict[None, list[Theirs]] = {}
    while True:
        with transaction():
            export = _export(claim.subject_id)
            if export is None or export.state not in ("reading", "comparing"):
                claim.finish()
                return
            if export.state == "comparing":
                services.compare_some(export, unplaced)
            elif rows is not None:
                services.read_some(export, rows)
            else:
                break  # its columns were told a moment ago: the next turn reads it
        if time.monotonic() >= ends:
            break
    with transaction():
        outbox.enqueue(RUN, claim.subject_id, dedupe_key=f"{claim.subject_id}/after/{claim.item_id}")
        claim.finish()


def compare_nightly(claim: Claim) -> None:
    """Do the work `reconciliation.nightly`: compare the last export with the leads as they have become."""
    with transaction():
        services.compare_again(str(claim.item_id))
        claim.finish()


def _export(export_id: UUID) -> SqueegeeExport | None:
    try:
        return services.locked_export(export_id)
    except NotFound:
        return None


def _rows(export_id: UUID) -> list[Row] | None:
    """The rows of an export that is being read; None for any other, and when its file can't be read any more.

    That ends the export. It is read in no transaction: those who bring in the next one would wait for it.
    """
    with transaction():
        export = _export(export_id)
        if export is None or export.state != "reading":
            return None
        try:
            return services.table_of(export).rows
        except Invalid as error:  # it could be read when it was brought in
            log.error("export_unreadable", export=str(export_id))
            export = services.locked_export(export_id)
            export.state, export.error, export.finished_at = "failed", next(iter(error.errors.values())), utcnow()
            export.file_sealed = None
            return None
