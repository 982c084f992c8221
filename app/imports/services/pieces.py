"""The rows of an import piece by piece, and keeping what was found out about them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.queries.reading import opened
from app.imports.services.keys import keys_of
from app.imports.services.matching import Decision, ReadRow
from app.imports.services.rows import read_row
from app.imports.services.setting import Setting


def next_rows(made: Import, setting: Setting, column: Any, value: str | None, size: int) -> list[ReadRow]:
    """The next rows in the order of the file whose `column` (finding or outcome) has this value, read."""
    return _read(setting, _rows(made.id).where(column.is_(None) if value is None else column == value).limit(size))


def rows_between(import_id: UUID, setting: Setting, after: int, before: int, size: int) -> list[ReadRow]:
    """Rows by their positions, both ends left out."""
    query = _rows(import_id).where(ImportRow.position > after, ImportRow.position < before)
    return _read(setting, query.limit(size))


def keep_findings(made: Import, decisions: Sequence[Decision]) -> None:
    """Write what the dry run says of rows."""
    given = {
        "ids": [each.row.row_id for each in decisions], "findings": [each.finding for each in decisions],
        "problems": [each.problems for each in decisions], "workspace": made.workspace_id,
    }  # fmt: skip
    db.session.execute(_FINDINGS, given)


def keep_outcomes(made: Import, decisions: Sequence[Decision], outcomes: Sequence[str]) -> None:
    """Write what became of rows, and the lead, person and house each belongs to."""
    created = [outcome == "created" for outcome in outcomes]
    given = {
        "ids": [each.row.row_id for each in decisions], "outcomes": list(outcomes),
        "problems": [each.problems for each in decisions], "leads": [each.lead_id for each in decisions],
        "people": [each.person.id if each.person else None for each in decisions],
        "houses": [each.house_id for each in decisions],
        "made_people": [each.makes_person and new for each, new in zip(decisions, created, strict=True)],
        "made_houses": [each.makes_house and new for each, new in zip(decisions, created, strict=True)],
        "workspace": made.workspace_id,
    }  # fmt: skip
    db.session.execute(_OUTCOMES, given)


def count(made: Import, words: Sequence[str]) -> None:
    """Add rows to the import's figures, by their findings or outcomes."""
    figures = dict(made.figures)
    for word in words:
        figures[word] = figures.get(word, 0) + 1
    made.figures, made.done = figures, made.done + len(words)


def _rows(import_id: UUID):  # type: ignore[no-untyped-def]
    return (
        select(ImportRow.id, ImportRow.position, ImportRow.raw_sealed)
        .where(ImportRow.workspace_id == current_workspace_id(), ImportRow.import_id == import_id)
        .order_by(ImportRow.position)
    )


def _read(setting: Setting, query: Any) -> list[ReadRow]:
    found = []
    for row_id, position, raw in db.session.execute(query):
        cells = opened(row_id, raw)
        facts = read_row(setting, cells)
        found.append(ReadRow(row_id, position, facts, keys_of(facts, cells)))
    return found


_FINDINGS = text(
    """
    update import_rows as r set finding = k.finding, problems = k.problems
      from unnest(:ids, :findings, :problems) as k(id, finding, problems)
     where r.workspace_id = :workspace and r.id = k.id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)), bindparam("findings", type_=ARRAY(Text)),
    bindparam("problems", type_=ARRAY(JSONB, dimensions=1)),
)  # fmt: skip
_OUTCOMES = text(
    """
    update import_rows as r
       set outcome = k.outcome, problems = k.problems, lead_id = k.lead, contact_id = k.person, property_id = k.house,
           made_contact = k.made_person, made_property = k.made_house
      from unnest(:ids, :outcomes, :problems, :leads, :people, :houses, :made_people, :made_houses)
           as k(id, outcome, problems, lead, person, house, made_person, made_house)
     where r.workspace_id = :workspace and r.id = k.id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)), bindparam("outcomes", type_=ARRAY(Text)),
    bindparam("problems", type_=ARRAY(JSONB, dimensions=1)), bindparam("leads", type_=ARRAY(Uuid)),
    bindparam("people", type_=ARRAY(Uuid)), bindparam("houses", type_=ARRAY(Uuid)),
    bindparam("made_people", type_=ARRAY(Boolean)), bindparam("made_houses", type_=ARRAY(Boolean)),
)  # fmt: skip
