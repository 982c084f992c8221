"""Taking an import back, a piece at a time: leads that nobody has worked on since are deleted, the others stay; then
what rows have added to leads that were there.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from app.activities.models import Activity
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.live import announce
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.services.adding import take_back
from app.imports.services.choosing import locked_import
from app.imports.services.ending import end
from app.imports.services.filling import empty_again, fills_in
from app.imports.services.forgetting import forget_rows_of
from app.imports.services.pieces import count
from app.imports.services.tags import delete_made
from app.leads.models import Lead
from app.leads.services import locked_leads
from app.leads.services.emptying import remove


def undo_some(import_id: UUID, actor: Actor, size: int) -> bool:
    """Take back the next `size` leads, or where none is left, rows that joined one. Returns whether there may be more.

    People and houses that the import has made go with them, unless something else hangs on them.
    """
    made = locked_import(import_id)
    if made.state != "undoing":
        return False
    if rows := _next(made, "created", size):
        _keep(made, "created", rows, _take_leads_back(made, rows, actor))
    elif rows := _next(made, "joined", size):
        take_back(made, [(row.lead_id, row.position) for row in rows if row.lead_id])
        empty_again(fills_in(made, [row.id for row in rows]))
        _keep(made, "joined", rows, ["skipped"] * len(rows))
    more = bool(rows)
    if not more:
        delete_made(made, actor)
        end(made, "undone", actor)
    announce({topic("import", made.id), "imports", "board"})
    db.session.flush()
    return more


def _take_leads_back(made: Import, rows: Sequence[Row[Any]], actor: Actor) -> list[str]:
    """Delete the leads of these rows that nobody has worked on; what becomes of each row."""
    leads = {lead.id: lead for lead in locked_leads(row.lead_id for row in rows if row.lead_id)}
    touched = _touched(made, list(leads.values()))
    gone = [lead for lead in leads.values() if lead.id not in touched]
    if gone:
        fills = fills_in(made, [row.id for row in rows if row.lead_id in leads and row.lead_id not in touched])
        forget_rows_of([lead.id for lead in gone])
        remove(gone, actor, kept=_found_before(made, gone), tells=False)
        empty_again(fills)
        _tell(made, gone, actor)
    return ["kept" if row.lead_id in touched else "undone" for row in rows]


def _tell(made: Import, gone: Sequence[Lead], actor: Actor) -> None:
    """One line of the audit log for the piece. Nobody has done anything with these leads: what has to hear of it is
    only what looks at leads by itself (app/reactions.py).
    """
    publish(
        Event(
            "leads.import_undone", made.workspace_id, actor, "import", made.id,
            data={"numbers": sorted(lead.number for lead in gone), "lead_ids": sorted(str(lead.id) for lead in gone)},
            topics=frozenset({"shelves"}),
        )
    )  # fmt: skip


def _next(made: Import, outcome: str, size: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(ImportRow.id, ImportRow.lead_id, ImportRow.position)
        .where(
            ImportRow.workspace_id == made.workspace_id, ImportRow.import_id == made.id, ImportRow.outcome == outcome
        )
        .order_by(ImportRow.position)
        .limit(size)
    ).all()  # fmt: skip


def _touched(made: Import, leads: Sequence[Lead]) -> set[UUID]:
    """Those of the leads that somebody has edited, put away, or worked on, or that another file has joined."""
    edited = {lead.id for lead in leads if lead.version > 1 or lead.shelf != "desk"}
    if not leads:
        return edited
    done = db.session.scalars(
        select(Activity.lead_id)
        .where(
            Activity.workspace_id == current_workspace_id(), Activity.lead_id == one_among(lead.id for lead in leads),
            Activity.data["import_id"].astext.is_distinct_from(str(made.id)),
        )
        .distinct()
    )  # fmt: skip
    return edited | set(done) | set(_of_other_files(made, leads))


def _of_other_files(made: Import, leads: Sequence[Lead]) -> Sequence[UUID | None]:
    return db.session.scalars(
        select(ImportRow.lead_id).where(
            ImportRow.workspace_id == made.workspace_id, ImportRow.lead_id == one_among(lead.id for lead in leads),
            ImportRow.import_id != made.id, ImportRow.outcome == "joined",
        )
    ).all()  # fmt: skip


def _found_before(made: Import, leads: Sequence[Lead]) -> frozenset[UUID]:
    """The people and houses of these leads that were there before the import."""
    ids = {each for lead in leads for each in (lead.contact_id, lead.property_id)}
    rows = db.session.execute(
        select(ImportRow.contact_id, ImportRow.property_id, ImportRow.made_contact, ImportRow.made_property).where(
            ImportRow.workspace_id == made.workspace_id, ImportRow.import_id == made.id,
            (ImportRow.contact_id == one_among(ids)) | (ImportRow.property_id == one_among(ids)),
        )
    )  # fmt: skip
    ours: set[UUID] = set()
    for contact_id, property_id, made_contact, made_property in rows:
        ours |= {contact_id} if made_contact else set()
        ours |= {property_id} if made_property else set()
    return frozenset(ids - ours)


def _keep(made: Import, before: str, rows: Sequence[Row[Any]], outcomes: Sequence[str]) -> None:
    """Keep what became of rows whose outcome was `before`."""
    count(made, outcomes)
    made.figures = {**made.figures, before: max(0, made.figures.get(before, 0) - len(rows))}
    for word in set(outcomes):
        ids = [row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome == word]
        if ids:
            db.session.execute(
                update(ImportRow)
                .where(ImportRow.workspace_id == made.workspace_id, ImportRow.id == one_among(ids))
                .values(outcome=word)
                .execution_options(synchronize_session=False)
            )
