"""Going on with an export, piece by piece: first its lines are read, then each district is compared.

Each piece is one transaction that also notes how far it has got, in `figures`: whoever goes on after a crash does so
where the last piece ended.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.live import announce
from app.core.loading import load_one
from app.core.permissions import SYSTEM
from app.core.spreadsheets.tables import Row
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import SqueegeeCustomer, SqueegeeExport
from app.reconciliation.services.agreeing import agree, count_linked, link, said_of, settle_gone, settle_left
from app.reconciliation.services.columns import read_line
from app.reconciliation.services.finding import Finding, duplicates, find
from app.reconciliation.services.gathering import (
    PIECE,
    Theirs,
    all_districts,
    load_customers,
    load_leads,
    stages_by_group,
)
from app.reconciliation.services.keeping import keep_lines, note_gone
from app.workspaces.queries import today_here

NIGHTLY = "reconciliation.nightly"
TOPIC = "reconciliation"
#: Lines that are read, and kept, at once.
LINES = 500
#: An export that lacks more than this part of the customers there were is taken for a part of them.
_PART = 0.4
_SOME = 20


def locked_export(export_id: UUID) -> SqueegeeExport:
    """An export as it stands now, held until the transaction ends. Raises NotFound."""
    query = select(SqueegeeExport).where(
        SqueegeeExport.workspace_id == current_workspace_id(), SqueegeeExport.id == export_id
    )
    return load_one(query, lock=True)


def read_some(export: SqueegeeExport, rows: Sequence[Row]) -> None:
    """Keep the next lines of an export; after the last one those that are gone are noted, and comparing begins.

    `rows` are all rows of its file.
    """
    figures = dict(export.figures)
    piece = rows[export.done : export.done + LINES]
    read = [read_line(cells, figures["columns"], today_here()) for _, cells in piece]
    lines = [line for line in read if line is not None]
    counted = keep_lines(lines, export.id) if lines else {}
    counted["unreadable"] = len(read) - len(lines)
    for name, number in counted.items():
        figures[name] = figures.get(name, 0) + number
    export.done += len(piece)
    export.figures = figures
    if export.done >= len(rows):
        _end_reading(export)
    db.session.flush()
    announce({TOPIC})


def compare_some(export: SqueegeeExport, unplaced: dict[None, list[Theirs]]) -> None:
    """Compare the next leads of a district, or a district's customers among themselves; at the end, finish.

    `unplaced` keeps the customers without a district from piece to piece of one turn.
    """
    figures = dict(export.figures)
    districts, after = figures["left"], figures.get("after")
    if not districts:
        _finish(export, figures)
        return
    since = (datetime.fromisoformat(after[0]), UUID(after[1])) if after else None
    newest = _compare_piece(districts[0], since, export.created_at, unplaced)
    if newest is None:
        figures["left"], figures["after"] = districts[1:], None
        export.done += 1
    else:
        figures["after"] = [newest[0].isoformat(), str(newest[1])]
    export.figures = figures
    db.session.flush()
    announce({TOPIC})


def compare_leads(lead_ids: Sequence[UUID], exported_at: datetime) -> None:
    """Compare a few leads anew, such as after a person has said who somebody is."""
    for lead in load_leads(None, None, lead_ids):
        _agree_leads([lead], load_customers(lead.party.house.district or None, [lead]), exported_at)


def begin_comparing(export: SqueegeeExport) -> None:
    """Let what is known be compared with the leads as they are now."""
    districts = all_districts()
    export.state, export.done, export.total = "comparing", 0, len(districts)
    export.figures = {**export.figures, "left": districts, "after": None}


def _end_reading(export: SqueegeeExport) -> None:
    figures = dict(export.figures)
    missing = _not_seen(export.id)
    seen = figures.get("new", 0) + figures.get("changed", 0) + figures.get("same", 0)
    part = bool(figures.get("part")) or (missing > _SOME and missing > _PART * (seen + missing))
    gone = 0 if part else note_gone(export.id)
    export.file_sealed = None
    export.figures = {**figures, "lines": export.done, "part": part, "gone": gone}
    begin_comparing(export)


def _not_seen(export_id: UUID) -> int:
    table = SqueegeeCustomer
    query = select(func.count()).where(
        table.workspace_id == current_workspace_id(), table.gone_at.is_(None), table.export_id != export_id
    )
    return int(db.session.scalar(query) or 0)


def _compare_piece(
    district: str | None, after: tuple[datetime, UUID] | None, exported_at: datetime,
    unplaced: dict[None, list[Theirs]],
) -> tuple[datetime, UUID] | None:  # fmt: skip
    """Compare the next leads; returns after which lead to go on, None when the district is through."""
    leads = load_leads(district, after)
    if None not in unplaced:
        unplaced[None] = load_customers(None, ())
    here = load_customers(district, leads, with_unplaced=False) if district or leads else []
    customers = list({each.id: each for each in (*here, *unplaced[None])}.values())
    if after is None:  # not those of other districts, who only share a number with a lead of this one
        _agree_customers([each for each in customers if (each.party.house.district or None) == district])
    if leads:
        _agree_leads(leads, customers, exported_at)
    return (leads[-1].created_at, leads[-1].id) if len(leads) == PIECE else None


def _agree_leads(leads: Sequence[Any], customers: Sequence[Theirs], exported_at: datetime) -> None:
    ids = [lead.id for lead in leads]
    found = find(leads, customers, said_of(ids), exported_at)
    agree(found.findings, lead_ids=ids)
    link(found.links, customers, ids)


def _agree_customers(customers: Sequence[Theirs]) -> None:
    findings = {}
    for first, second, by in duplicates(customers):
        key = f"duplicate/{first.id}/{second.id}"
        findings[key] = Finding("duplicate", key, None, second.id, by.score, by.reasons)
    if customers:
        agree(findings, customer_ids=[each.id for each in customers])


def _finish(export: SqueegeeExport, figures: dict[str, Any]) -> None:
    settle_left(stages_by_group())
    settle_gone()
    for name in ("left", "after"):
        figures.pop(name, None)
    figures["matched"] = count_linked()
    export.figures, export.state, export.finished_at = figures, "done", utcnow()
    db.session.flush()
    publish(
        Event(
            "squeegee.compared", export.workspace_id, SYSTEM, "squeegee_export", export.id,
            data={name: figures.get(name, 0) for name in ("lines", "new", "changed", "gone", "matched")},
            topics=frozenset({TOPIC}),
        )
    )  # fmt: skip
