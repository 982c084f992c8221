"""Letting go of what a file said: of a lead once it is deleted for good, of rows that became none after some weeks."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, bindparam, select, text

from app.core.events import Event
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.permissions import SYSTEM
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.queries.showing import FORGOTTEN
from app.imports.services.ending import end

FORGET = "import.forget"
#: For so long rows that no lead was made of can be looked at, downloaded and mended.
KEPT = timedelta(days=90)
_NOTHING = b"[]"
_AT_ONCE = 1_000


def forget_rows(event: Event) -> None:
    """The reaction to leads being deleted for good: that there was a row stays on record, not what stood in it."""
    forget_rows_of([UUID(each) for each in event.data["lead_ids"]])


def forget_rows_of(lead_ids: Sequence[UUID]) -> None:
    """Forget what stood in the rows of these leads, in two statements."""
    here = current_workspace_id()
    with acting_in(here):
        ids = db.session.scalars(
            select(ImportRow.id).where(ImportRow.workspace_id == here, ImportRow.lead_id == one_among(lead_ids))
        ).all()
        _blank(ids)


def let_go(made: Import) -> None:
    """Close an import, held and not under way, whose rows are about to be forgotten: it can't go on any more."""
    if made.state in ("uploaded", "checked"):
        end(made, "cancelled", SYSTEM, error="Nobody went on with it for a long time.")
    made.figures = {**made.figures, FORGOTTEN: 1}


def forget_left(import_id: UUID, after: int) -> int | None:
    """Forget rows behind position `after` that belong to no lead. Returns the last one's position, None at the end."""
    rows = db.session.execute(
        select(ImportRow.id, ImportRow.position)
        .where(
            ImportRow.workspace_id == current_workspace_id(), ImportRow.import_id == import_id,
            ImportRow.lead_id.is_(None), ImportRow.position > after,
        )
        .order_by(ImportRow.position)
        .limit(_AT_ONCE)
    ).all()  # fmt: skip
    _blank([row.id for row in rows])
    return rows[-1].position if len(rows) == _AT_ONCE else None


def _blank(ids: Sequence[UUID]) -> None:
    if ids:
        seal = cipher().seal_bytes
        raws = [seal(_NOTHING, "import_rows", "raw_sealed", row_id) for row_id in ids]
        db.session.execute(_BLANK, {"ids": list(ids), "raws": raws, "workspace": current_workspace_id()})


_BLANK = text(
    """
    update import_rows as r set raw_sealed = k.raw, lead_id = null from unnest(:ids, :raws) as k(id, raw)
     where r.workspace_id = :workspace and r.id = k.id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("raws", type_=ARRAY(LargeBinary)))
