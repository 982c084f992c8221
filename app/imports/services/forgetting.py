"""Letting go of what a file said of a lead, once the lead is deleted for good."""

from sqlalchemy import select, update

from app.core.events import Event
from app.core.keyring import cipher
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.imports.models import ImportRow

_NOTHING = b"[]"


def forget_rows(event: Event) -> None:
    """The reaction to a lead being deleted for good: that there was a row stays on record, not what stood in it."""
    here = current_workspace_id()
    with acting_in(here):
        ids = db.session.scalars(
            select(ImportRow.id).where(ImportRow.workspace_id == here, ImportRow.lead_id == event.lead_id)
        ).all()
        for row_id in ids:
            db.session.execute(
                update(ImportRow)
                .where(ImportRow.workspace_id == here, ImportRow.id == row_id)
                .values(
                    raw_sealed=cipher().seal_bytes(_NOTHING, "import_rows", "raw_sealed", row_id), lead_id=None
                )
                .execution_options(synchronize_session=False)
            )  # fmt: skip
