"""Taking in an export to be compared, and comparing again what is known."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.keyring import cipher
from app.core.permissions import Actor
from app.core.spreadsheets.reading import Table, read_table
from app.core.tenancy import current_workspace_id
from app.core.transactions import keep
from app.extensions import db
from app.reconciliation.models import RUN, SqueegeeExport
from app.reconciliation.queries.exports import GOING_ON, is_worked_on
from app.reconciliation.services.columns import checked_columns, found_columns
from app.reconciliation.services.running import TOPIC, begin_comparing, locked_export
from app.squeegee.queries.account import get_account

#: As many customers as one export may hold.
MOST_LINES = 50_000
_BUSY = "An export is being compared just now. Wait until that is done, then bring in the next one."


def begin(content: bytes, name: str, actor: Actor, *, is_part: bool = False) -> SqueegeeExport:
    """Take in an export. Where its columns are known by their titles a worker reads and compares it at once.

    Otherwise its state stays "waiting" until `set_columns`. `is_part`: it holds not all customers, so nobody counts as
    gone. Raises Invalid({"file": …}) for what is no table, Conflict while another is being compared.
    """
    table = read_table(content, name, most_rows=MOST_LINES)
    _make_way()
    export = SqueegeeExport(total=len(table.rows), created_by=actor.user_id, figures={"part": is_part})
    export.file_sealed = cipher().seal_bytes(content, "squeegee_exports", "file_sealed", export.id)
    db.session.add(export)
    db.session.flush()
    found = found_columns(table.header)
    if {"name", "last"} & set(found) and {"address", "postcode"} & set(found):
        _start(export, found, actor)
    return export


def _make_way() -> None:
    """Replace exports that wait for a person's word, or that nothing works on any more. Raises Conflict.

    Of two that are brought in at once the second waits here and then finds the first.
    """
    get_account(lock=True)
    going_on = select(SqueegeeExport).where(
        SqueegeeExport.workspace_id == current_workspace_id(),
        SqueegeeExport.state.in_((*GOING_ON, "waiting")),
    )
    for other in db.session.scalars(going_on.with_for_update()):
        if other.state in GOING_ON and _is_worked_on(other.id):
            raise Conflict(_BUSY)
        other.state, other.file_sealed = "failed", None


def _is_worked_on(export_id: UUID) -> bool:
    return bool(db.session.scalar(select(is_worked_on(export_id))))


def set_columns(export_id: UUID, columns: Mapping[str, int], actor: Actor) -> SqueegeeExport:
    """Say what the columns are: field -> position. Raises Invalid naming what lacks, Conflict, NotFound."""
    table = table_of(_waiting(export_id))
    export = _waiting(export_id)  # anew: it was let go while its file was read
    _start(export, checked_columns(columns, len(table.header)), actor)
    return export


def _waiting(export_id: UUID) -> SqueegeeExport:
    """An export that waits for a person's word, held. Raises Conflict, NotFound."""
    export = locked_export(export_id)
    if export.state != "waiting":
        raise Conflict("This export is being compared already.")
    return export


def table_of(export: SqueegeeExport) -> Table:
    """The table of an export that has not been read to its end. Raises Invalid.

    What was done so far is kept: neither a connection nor what it held is kept from others while the file is read.
    """
    content = cipher().open_bytes(export.file_sealed, "squeegee_exports", "file_sealed", export.id)
    keep()
    return read_table(content or b"", "", most_rows=MOST_LINES)


def compare_again(key: str) -> bool:
    """Compare the last export with the leads as they are now; whether there is one, and nothing is going on. One that
    was left half-way through comparing is compared from the beginning.
    """
    newest = db.session.scalars(
        select(SqueegeeExport)
        .where(SqueegeeExport.workspace_id == current_workspace_id(), SqueegeeExport.state.in_(("done", *GOING_ON)))
        .order_by(SqueegeeExport.created_at.desc(), SqueegeeExport.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if newest is None or newest.state == "reading" or (newest.state == "comparing" and _is_worked_on(newest.id)):
        return False
    begin_comparing(newest)
    db.session.flush()
    outbox.enqueue(RUN, newest.id, dedupe_key=f"{newest.id}/again/{key}")
    return True


def _start(export: SqueegeeExport, columns: Mapping[str, int], actor: Actor) -> None:
    export.state, export.figures = "reading", {**export.figures, "columns": dict(columns)}
    db.session.flush()
    outbox.enqueue(RUN, export.id, dedupe_key=f"{export.id}/0")
    publish(
        Event(
            "squeegee.export_brought", export.workspace_id, actor, "squeegee_export", export.id,
            data={"lines": export.total, "part": bool(export.figures.get("part"))}, topics=frozenset({TOPIC}),
        )
    )  # fmt: skip
