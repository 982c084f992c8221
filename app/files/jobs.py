"""The end of files: those that were removed, and bytes in the store that no row speaks of."""

from datetime import timedelta
from uuid import UUID

import structlog

from app.core.clock import utcnow
from app.core.outbox import Claim
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db
from app.files.models import File
from app.files.ports import Stored, StoreUnavailable, file_store, ids_in
from app.files.queries import with_rows
from app.files.services import delete_variants
from app.workspaces.models import Workspace

log = structlog.get_logger(__name__)
#: Bytes younger than this may belong to a row that is being written.
_GRACE = timedelta(days=1)
_PAGE = 1000
_MOST_PAGES = 20
_swept_to = {"key": ""}


def erase(claim: Claim) -> None:
    """Delete the row of a removed file, then its bytes. A file that was put back is left alone.

    In this order, so that a file can't be put back without its bytes. What a crash or a store that does not answer
    leaves behind, the sweep finds.
    """
    with transaction():
        file = db.session.get(File, (claim.workspace_id, claim.subject_id), with_for_update=True)
        claim.finish()
        if file is None or file.removed_at is None:
            return
        db.session.delete(file)
    try:
        delete_variants(claim.workspace_id, claim.subject_id)
    except StoreUnavailable as error:
        log.warning("file_bytes_left_for_sweep", file=str(claim.subject_id), code=str(error))


def sweep() -> int:
    """Delete bytes without a row, a day old at least: of uploads that broke off and of leads that were deleted.

    Goes on where the last call stopped and begins again at the end. What belongs to a workspace that this database
    does not know is left alone. Returns how many were deleted.
    """
    store, deleted = file_store(), 0
    store.tidy(utcnow() - _GRACE)
    for _ in range(_MOST_PAGES):
        page = store.listed(_swept_to["key"], _PAGE)
        deleted += _sweep_page(page)
        _swept_to["key"] = page[-1].key if len(page) == _PAGE else ""
        if not _swept_to["key"]:
            break
    if deleted:
        log.info("orphan_files_swept", count=deleted)
    return deleted


def _sweep_page(page: list[Stored]) -> int:
    by_workspace: dict[UUID, dict[str, UUID]] = {}
    for stored in page:
        ids = ids_in(stored.key)
        if ids and stored.stored_at < utcnow() - _GRACE:
            by_workspace.setdefault(ids[0], {})[stored.key] = ids[1]
    deleted = 0
    for workspace_id, keys in by_workspace.items():
        for key in _without_row(workspace_id, keys):
            deleted += _delete(key)
    return deleted


def _delete(key: str) -> bool:
    """Whether it is gone. One that can't be deleted holds up none behind it; the next round tries it again."""
    try:
        file_store().delete(key)
    except StoreUnavailable as error:
        log.warning("orphan_file_not_deleted", key=key, code=str(error))
        return False
    return True


def _without_row(workspace_id: UUID, keys: dict[str, UUID]) -> list[str]:
    with acting_in(workspace_id), transaction():
        if db.session.get(Workspace, workspace_id) is None:
            return []
        known = with_rows(set(keys.values()))
    return [key for key, file_id in keys.items() if file_id not in known]
