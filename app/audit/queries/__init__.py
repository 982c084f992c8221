"""Reading the audit log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.audit.models import AuditEntry
from app.core.tenancy import current_workspace_id
from app.extensions import db


def others_did_something(since: datetime, person_id: UUID) -> bool:
    """Whether anybody but the person has changed anything in the workspace since then."""
    newer = select(AuditEntry.id).where(
        AuditEntry.workspace_id == current_workspace_id(),
        AuditEntry.at > since,
        AuditEntry.actor_id.is_distinct_from(person_id),
    )
    return bool(db.session.scalar(select(exists(newer))))
