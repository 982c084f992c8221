"""Going on with an export, a piece at a time.

A piece is read in one transaction, put into the store in none, and counts once another transaction says so. So a worker
that dies leaves whole pieces behind and bytes that the sweep deletes; and of two who make the same piece one is late,
and its bytes go.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from app.core.fragments import topic
from app.core.ids import new_id
from app.core.live import announce
from app.core.loading import load_one
from app.core.permissions import SEES, Actor, Viewer
from app.core.spreadsheets.pieces import WRITERS, Written
from app.core.tenancy import acting_in, current_workspace_id
from app.exports.models import LeadExport
from app.exports.queries.facts import facts_named
from app.exports.queries.reading import rows_of
from app.exports.services.ending import end
from app.extensions import db
from app.files.services.keeping import seal_variants


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an export's file, sealed: where it stands, what has been written with it, and how many leads had their
    turn in it.
    """

    export_id: UUID
    file_id: UUID
    place: int
    sealed: dict[str, bytes] = field(repr=False)
    written: Written
    leads: int
    size: int
    is_last: bool


def write_piece(export_id: UUID, viewer: Viewer, most: int) -> Piece | None:
    """The next piece, of up to `most` leads as its maker sees them; None when the export has ended. Raises NotFound."""
    made = load_export(export_id)
    if made.state != "running":
        return None
    ids = _ids(made, most)
    writer, facts = WRITERS[made.format], facts_named(made.columns)
    written, parts = Written.of(made.written), []
    if not made.pieces:
        head, written = writer.begin([fact.title for fact in facts], [fact.width for fact in facts])
        parts.append(head)
    with acting_in(made.workspace_id, user_id=viewer.user_id, sees=SEES[viewer.role]):
        body, written = writer.go_on(rows_of(ids, facts), written)
    is_last = made.done + len(ids) >= made.total
    content = b"".join([*parts, body, *([writer.end(written)] if is_last else [])])
    file_id = new_id()
    sealed = seal_variants(file_id, content, None)
    return Piece(export_id, file_id, len(made.pieces), sealed, written, len(ids), len(content), is_last)


def keep_piece(piece: Piece, viewer: Viewer, actor: Actor) -> bool:
    """Count a piece whose bytes are in the store, and end the export with the last. Returns False when it came too
    late: somebody else has made it, or the export is no more wanted. Raises NotFound.
    """
    made = load_export(piece.export_id, lock=True)
    if made.state != "running" or len(made.pieces) != piece.place:
        return False
    made.pieces = [*made.pieces, piece.file_id]
    made.written, made.done = piece.written.kept(), made.done + piece.leads
    made.size_bytes += piece.size
    if piece.is_last:
        end(made, "done", actor, email=viewer.email)
    announce({topic("export", made.id), "exports"})
    db.session.flush()
    return True


def load_export(export_id: UUID, *, lock: bool = False) -> LeadExport:
    """An export in whatever state; with `lock` as it stands now, held until the transaction ends. Raises NotFound."""
    query = select(LeadExport).where(LeadExport.workspace_id == current_workspace_id(), LeadExport.id == export_id)
    return load_one(query, lock=lock)


def _ids(made: LeadExport, most: int) -> list[UUID]:
    """The leads whose turn is next."""
    turn = LeadExport.lead_ids[made.done + 1 : made.done + most]
    mine = (LeadExport.workspace_id == made.workspace_id, LeadExport.id == made.id)
    return db.session.scalar(select(turn).where(*mine)) or []
