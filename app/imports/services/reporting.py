"""The rows that could not be brought in, as a file to mend and bring in again."""

from uuid import UUID

from sqlalchemy import select

from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.spreadsheets.writing import write_csv
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import ImportRow
from app.imports.queries.reading import import_page, opened
from app.imports.words import problem_words

_TITLES = ("Row", "What is wrong")


def problem_file(import_id: UUID, actor: Actor) -> bytes:
    """The rows that are invalid or failed as CSV: the file's own columns, then the row's number and what is wrong.

    Mended and brought in again, the two last columns are left out by their titles. Raises NotFound.
    """
    made = import_page(import_id)
    query = (
        select(ImportRow.id, ImportRow.position, ImportRow.raw_sealed, ImportRow.problems)
        .where(ImportRow.workspace_id == current_workspace_id(), ImportRow.import_id == import_id)
        .order_by(ImportRow.position)
    )
    begun = any(made.figures.get(word) for word in ("created", "joined", "skipped", "failed"))
    bad = ImportRow.outcome == "failed" if begun else ImportRow.finding == "invalid"
    rows = [
        [*opened(row_id, raw), str(position), " ".join(map(problem_words, problems))]
        for row_id, position, raw, problems in db.session.execute(query.where(bad))
    ]
    publish(
        Event("import.problems_read", made.workspace_id, actor, "import", made.id, data={"rows": len(rows)})
    )  # fmt: skip
    return write_csv([*made.header, *_TITLES], rows)
