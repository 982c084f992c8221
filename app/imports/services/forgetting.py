"""Letting go of what a file said of a lead, once the lead is deleted for good."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, bindparam, select, text

from app.core.events import Event
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.imports.models import ImportRow

_NOTHING = b"[]"


def forget_rows(event: Event) -> None:
    """The reaction to a lead being deleted for good: that there was a row stays on record, not what stood in it."""
    if event.lead_id is not None:
        forget_rows_of([event.lead_id])


def forget_rows_of(lead_ids: Sequence[UUID]) -> None:
    """The same for many leads, in two statements."""
    here = current_workspace_id()
    with acting_in(here):
        ids = db.session.scalars(
            select(ImportRow.id).where(ImportRow.workspace_id == here, ImportRow.lead_id == one_among(lead_ids))
        ).all()
        if ids:
            seal = cipher().seal_bytes
            blank = [seal(_NOTHING, "import_rows", "raw_sealed", row_id) for row_id in ids]
            db.session.execute(_BLANK, {"ids": ids, "raws": blank, "workspace": here})


_BLANK = text(
    """
    update import_rows as r set raw_sealed = k.raw, lead_id = null from unnest(:ids, :raws) as k(id, raw)
     where r.workspace_id = :workspace and r.id = k.id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("raws", type_=ARRAY(LargeBinary)))
