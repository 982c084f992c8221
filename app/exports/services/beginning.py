"""Asking for an export: few leads are a file at once, many are left to the worker."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core import outbox
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.ids import new_id
from app.core.permissions import Actor
from app.core.spreadsheets.pieces import WRITERS
from app.core.tenancy import current_workspace_id
from app.exports.models import FORMATS, MOST_FILES, MOST_LEADS, LeadExport
from app.exports.queries.facts import EVERYTHING, facts_named
from app.exports.queries.reading import rows_of
from app.exports.queries.selecting import codes_of, first_ids, ids_in_order
from app.exports.queries.showing import count_exports
from app.exports.services.handing_out import MadeFile, file_name
from app.exports.words import MANY_WAIT, NONE_LEFT, TOO_MANY, TOO_MANY_TICKED, UNDER_WAY
from app.extensions import db
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering

WORK = "export.work"
#: As many leads as are answered within a request: everything of 500 takes a tenth of a second.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: the kind of file, the keys of its columns, and which leads in which order; `ticked` are
    those among them that were chosen by hand, none for all.
    """

    format: str
    columns: tuple[str, ...]
    narrowed: LeadFilter
    order: Ordering
    ticked: tuple[UUID, ...] = ()


def begin(asked: Asked, actor: Actor) -> MadeFile | LeadExport:
    """The file, or for more than AT_ONCE leads the export that a worker makes it of.

    Raises Invalid for a format that is none, no leads, and more than MOST_LEADS; Conflict while the person has one
    under way, and while the workspace keeps MOST_FILES.
    """
    if asked.format not in FORMATS or actor.user_id is None:
        raise Invalid({"format": "Choose a kind of file."})
    if len(asked.ticked) > AT_ONCE:
        raise Invalid({"leads": TOO_MANY_TICKED.format(most=AT_ONCE)})
    ids = first_ids(asked.narrowed, asked.order, AT_ONCE + 1, asked.ticked)
    if not ids:
        raise Invalid({"leads": NONE_LEFT})
    return _at_once(asked, ids, actor) if len(ids) <= AT_ONCE else _for_later(asked, actor, actor.user_id)


def _at_once(asked: Asked, ids: list[UUID], actor: Actor) -> MadeFile:
    writer, facts = WRITERS[asked.format], facts_named(asked.columns)
    head, written = writer.begin([fact.title for fact in facts], [fact.width for fact in facts])
    body, written = writer.go_on(rows_of(ids, facts), written)
    said = {"leads": written.rows - 1, **_told(asked)}
    publish(Event("export.made", current_workspace_id(), actor, "export", new_id(), data=said))
    return MadeFile(file_name(asked.format), writer.content_type, head + body + writer.end(written))


def _for_later(asked: Asked, actor: Actor, user_id: UUID) -> LeadExport:
    if count_exports() >= MOST_FILES:
        raise Conflict(MANY_WAIT.format(most=MOST_FILES))
    made = LeadExport(
        format=asked.format, columns=list(asked.columns), narrowed=codes_of(asked.narrowed), ordered=asked.order.name,
        lead_ids=ids_in_order(asked.narrowed, asked.order, MOST_LEADS + 1), total=1, created_by=user_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:  # uq_lead_exports_under_way
        raise Conflict(UNDER_WAY) from None
    mine = (LeadExport.workspace_id == made.workspace_id, LeadExport.id == made.id)
    total = db.session.scalar(select(func.cardinality(LeadExport.lead_ids)).where(*mine)) or 0
    if total > MOST_LEADS:
        raise Invalid({"leads": TOO_MANY.format(most=MOST_LEADS)})
    made.total = total
    db.session.flush()
    outbox.enqueue(WORK, made.id, dedupe_key=f"{made.id}/0")
    publish(
        Event(
            "export.begun", made.workspace_id, actor, "export", made.id, data={"leads": total, **_told(asked)},
            topics=frozenset({topic("export", made.id), "exports"}),
        )
    )  # fmt: skip
    return made


def _told(asked: Asked) -> dict[str, Any]:
    """What the audit log keeps of it: codes, and nothing that a customer may be meant by."""
    columns = "everything" if asked.columns == EVERYTHING else list(asked.columns)
    return {
        "format": asked.format, "columns": columns, "filter": codes_of(asked.narrowed), "order": asked.order.name,
    }  # fmt: skip
