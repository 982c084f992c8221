"""A file as bytes: what was handed over, and the report of what became of it."""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.permissions import Actor
from app.core.spreadsheets.writing import write_csv, write_xlsx
from app.squeegee.models import BATCH_FORMATS
from app.squeegee.queries.batches import STANDINGS, BatchRow, batch_line, get_batch, handed_rows, rows
from app.squeegee.queries.choosing import MOST_IN_A_FILE
from app.squeegee.services.batches.telling import tell_batch
from app.workspaces.queries import current_workspace

WRITERS: dict[str, Callable[..., bytes]] = {"csv": write_csv, "xlsx": write_xlsx}
assert set(WRITERS) == set(BATCH_FORMATS)
_REPORT = ("Row", "Lead", "Name", "Address", "How it stands", "Id in Squeegee", "Why", "Said by", "When")


def batch_file(batch_id: UUID, file_format: str, actor: Actor) -> bytes:
    """The file, in one of BATCH_FORMATS: the same cells whenever it is asked for. That it was taken is audited."""
    batch = get_batch(batch_id)
    tell_batch("batch.downloaded", batch, actor, {"format": file_format})
    return WRITERS[file_format]([column["title"] for column in batch.columns], handed_rows(batch.id))


def batch_report(batch_id: UUID, file_format: str, actor: Actor) -> bytes:
    """What became of each row, and beneath them the totals."""
    batch = get_batch(batch_id)
    line, zone = batch_line(batch), current_workspace().clock().zone
    cells = [_cells(row, zone) for row in rows(batch.id, most=MOST_IN_A_FILE)]
    totals: list[list[str | int]] = [["In the file", line.total]]
    totals += [[words, line.tally[key]] for key, (words, _) in STANDINGS.items()]
    if line.gone:
        totals.append(["Deleted since", line.gone])
    tell_batch("batch.reported", batch, actor, {"format": file_format})
    return WRITERS[file_format](_REPORT, [*cells, [], *totals])


def _cells(row: BatchRow, zone: ZoneInfo) -> list[str | int]:
    when = f"{row.at.astimezone(zone):%d/%m/%Y %H:%M}" if row.at else ""
    return [
        row.position, row.number, row.name, row.place, row.words, row.customer_id or "", row.remark, row.by, when,
    ]  # fmt: skip
