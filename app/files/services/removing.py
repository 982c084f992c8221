"""Taking a file off a lead. It is hidden at once and erased a little later, so that it can be put back."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Forbidden, NotFound
from app.core.fragments import topic
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.files.models import File
from app.leads.services import get_lead

#: The page offers to undo for half a minute, longer while it is pointed at; then nothing is left of the file.
ERASED_AFTER = timedelta(minutes=5)


def remove_file(file_id: UUID, actor: Actor, *, only_own: bool = False) -> File:
    """Hide a file and plan its end. `only_own`: the actor may not take away what others added.

    Raises NotFound, also for one that is hidden already; Forbidden.
    """
    file = _locked(file_id)
    if file.removed_at is not None:
        raise NotFound
    if only_own and file.uploaded_by != actor.user_id:
        raise Forbidden
    file.removed_at = utcnow()
    dedupe_key = f"{file_id}:{file.removed_at.isoformat()}"
    outbox.enqueue("file.erase", file_id, dedupe_key=dedupe_key, run_at=file.removed_at + ERASED_AFTER)
    _tell(file, "file.removed", actor)
    return file


def restore_file(file_id: UUID, actor: Actor, *, only_own: bool = False) -> File:
    """Put a hidden file back; one that was never hidden stays as it is, and one that was added again meanwhile is not
    put beside itself. Returns the file that is there. Raises NotFound once it is erased.
    """
    file = _locked(file_id)
    if only_own and file.uploaded_by != actor.user_id:
        raise Forbidden
    if file.removed_at is not None and (again := _added_again(file)) is not None:
        return again
    if file.removed_at is not None:
        file.removed_at = None
        outbox.cancel("file.erase", [file_id])
        _tell(file, "file.restored", actor)
    return file


def _locked(file_id: UUID) -> File:
    query = select(File).where(File.workspace_id == current_workspace_id(), File.id == file_id)
    file = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if file is None:
        raise NotFound
    return file


def _added_again(file: File) -> File | None:
    query = select(File).where(
        File.workspace_id == file.workspace_id, File.lead_id == file.lead_id, File.removed_at.is_(None),
        File.fingerprint == file.fingerprint,
    )  # fmt: skip
    return db.session.scalars(query.limit(1)).one_or_none()


def _tell(file: File, event: str, actor: Actor) -> None:
    data = {f"{file.kind}s": 1, "file_id": str(file.id)}
    record_activity(get_lead(file.lead_id), "file", event, actor, data=data, topics={topic("files", file.lead_id)})
