"""The versions of a sequence."""

from uuid import UUID

from sqlalchemy import select

from app.core.loading import load_one
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import SequenceVersion

#: Older ones are kept, since leads may be on them, but not listed.
MOST_LISTED = 50


def versions_of(sequence_id: UUID) -> list[SequenceVersion]:
    """The versions of a sequence, the newest first."""
    query = select(SequenceVersion).where(
        SequenceVersion.workspace_id == current_workspace_id(), SequenceVersion.sequence_id == sequence_id
    )
    return list(db.session.scalars(query.order_by(SequenceVersion.version_no.desc()).limit(MOST_LISTED)))


def get_version(sequence_id: UUID, version_no: int) -> SequenceVersion:
    """One version. Raises NotFound."""
    return load_one(
        select(SequenceVersion).where(
            SequenceVersion.workspace_id == current_workspace_id(), SequenceVersion.sequence_id == sequence_id,
            SequenceVersion.version_no == version_no,
        )
    )  # fmt: skip
