"""Reading imports and their rows. Only those see them who see every lead (row-level security)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from app.core.keyring import cipher
from app.core.loading import load_one
from app.core.outbox import OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.leads.models import Lead

#: Rows that one page shows.
PAGE = 50
#: The work of an import in the outbox, whatever is done with it.
WORK = "import.work"
_ROWS = ImportRow.__tablename__
#: `has_remarks` as the database asks it.
_REMARK = '$[*] ? (@.code != "joins_contact")'


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a file as a page shows it. `problems` are {"field", "code"}, for words.problem_words."""

    position: int
    cells: list[str]
    finding: str | None
    problems: list[dict]
    outcome: str | None
    lead_id: UUID | None
    lead_number: str | None


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some rows in the order of the file; `after` asks for the next ones, None when these are the last."""

    rows: list[RowView]
    after: int | None


def import_page(import_id: UUID) -> Import:
    """An import. Raises NotFound, also for those who may not see it."""
    return load_one(select(Import).where(Import.workspace_id == current_workspace_id(), Import.id == import_id))


def list_imports(*, before: tuple[datetime, UUID] | None = None, most: int = PAGE) -> list[Import]:
    """The imports, the newest first; `before` is (created_at, id) of the last one seen."""
    query = select(Import).where(Import.workspace_id == current_workspace_id())
    if before is not None:
        query = query.where(
            (Import.created_at < before[0]) | ((Import.created_at == before[0]) & (Import.id < before[1]))
        )
    return list(db.session.scalars(query.order_by(Import.created_at.desc(), Import.id.desc()).limit(most)))


def has_remarks(problems: Iterable[Mapping[str, Any]]) -> bool:
    """Whether something about a row that can be brought in is worth a look: more than whom it belongs to."""
    return any(problem["code"] != "joins_contact" for problem in problems)


def rows_page(
    import_id: UUID, *, finding: str | None = None, outcome: str | None = None, after: int = 0, most: int = PAGE
) -> RowsPage:
    """The rows behind position `after` that the dry run found so, or of which that has become; all without either.

    The finding "remarked" are the ready ones that `has_remarks`.
    """
    query = _rows(import_id, ImportRow.finding, ImportRow.problems, ImportRow.outcome, ImportRow.lead_id, Lead.number)
    query = query.outerjoin(Lead, (Lead.workspace_id == ImportRow.workspace_id) & (Lead.id == ImportRow.lead_id)).where(
        ImportRow.position > after
    )
    if finding == "remarked":
        query = query.where(ImportRow.finding == "ready", ImportRow.problems.path_exists(_REMARK))
    elif finding is not None:
        query = query.where(ImportRow.finding == finding)
    if outcome is not None:
        query = query.where(ImportRow.outcome == outcome)
    rows = [
        RowView(position, opened(row_id, raw), *rest) for row_id, position, raw, *rest in db.session.execute(
            query.limit(most + 1)
        )
    ]  # fmt: skip
    return RowsPage(rows[:most], rows[most - 1].position if len(rows) > most else None)


def samples(import_id: UUID, most: int = 5) -> list[list[str]]:
    """The cells of the first rows."""
    found = db.session.execute(_rows(import_id).limit(most))
    return [opened(row_id, raw) for row_id, _, raw in found]


def words_in(import_id: UUID, column: int, *, most: int = 60) -> list[tuple[str, int]]:
    """The different words in a column (its number from 0) and how often each stands there, the most frequent first."""
    words: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for _, cells in every_row(import_id):
        cell = " ".join(cells[column].split())[:80] if column < len(cells) else ""
        if cell:
            words[cell.casefold()] += 1
            shown.setdefault(cell.casefold(), cell)
    return [(shown[word], count) for word, count in words.most_common(most)]


def every_row(import_id: UUID, *, after: int = 0, at_once: int = 2_000) -> Iterator[tuple[int, list[str]]]:
    """(position, cells) of each row behind `after`, read in pieces."""
    while True:
        found = db.session.execute(_rows(import_id).where(ImportRow.position > after).limit(at_once)).all()
        for row_id, position, raw in found:
            yield position, opened(row_id, raw)
        if len(found) < at_once:
            return
        after = found[-1].position


def row_of_lead(lead_id: UUID) -> tuple[Import, RowView] | None:
    """The first row that a lead came from, with its import; None for a lead that came another way."""
    row = db.session.scalars(
        select(ImportRow)
        .where(ImportRow.workspace_id == current_workspace_id(), ImportRow.lead_id == lead_id)
        .order_by(ImportRow.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    cells = orjson.loads(row.raw)
    view = RowView(row.position, cells, row.finding, row.problems, row.outcome, row.lead_id, None)
    return import_page(row.import_id), view


def opened(row_id: UUID, raw: bytes) -> list[str]:
    """The cells of a row as they stood in the file; none once they are forgotten."""
    return orjson.loads(cipher().open_bytes(raw, _ROWS, "raw_sealed", row_id) or b"[]")


def _rows(import_id: UUID, *columns):  # type: ignore[no-untyped-def]
    return (
        select(ImportRow.id, ImportRow.position, ImportRow.raw_sealed, *columns)
        .where(ImportRow.workspace_id == current_workspace_id(), ImportRow.import_id == import_id)
        .order_by(ImportRow.position)
    )


def is_worked_on(import_id: UUID) -> bool:
    """Whether work on an import is still to be done: one that is under way without it stands still for good."""
    query = select(OutboxItem.id).where(
        OutboxItem.workspace_id == current_workspace_id(), OutboxItem.subject_id == import_id,
        OutboxItem.kind == WORK, OutboxItem.state.in_(("ready", "leased")),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
