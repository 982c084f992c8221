"""Taking in a file of leads: its rows are kept as they are, and what its columns are is guessed."""

from uuid import UUID

import orjson

from app.core import email_addresses, outbox, phones, postcodes
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.keyring import cipher, search_index
from app.core.many_rows import insert_rows
from app.core.permissions import Actor
from app.core.spreadsheets.reading import MOST_COLUMNS, Table, read_table
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import LAYOUTS, Import, ImportRow
from app.imports.queries.fields import MOST_ROWS
from app.imports.queries.suggesting import suggest
from app.imports.services.choosing import first_options
from app.imports.services.forgetting import FORGET, KEPT

_AT_ONCE = 2_000
_SAMPLE = 50
_LONGEST_NAME = 200
_UNTITLED = (
    "The first row is a customer, “{cell}”, so the columns have no titles. Put a row of titles above it, such as "
    "Name, Phone, Email, Postcode, then choose the file again."
)


def begin(content: bytes, name: str, layout: str | None, actor: Actor) -> Import:
    """Keep a file's rows, sealed, and suggest what its columns are. Nothing else happens before `check` is asked for.

    `layout` is one of LAYOUTS, None to go by the titles. Raises Invalid({"file": …}) for what is no table, and for one
    without titles: its first customer would be taken for them, be missing, and stand in the clear (`Import.header`).
    """
    table = read_table(content, name, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    customers = next((cell for cell in table.header if _is_a_customers(cell)), None)
    if customers:
        raise Invalid({"file": _UNTITLED.format(cell=customers)})
    guessed, mapping = suggest(table.header, [cells for _, cells in table.rows[:_SAMPLE]])
    made = Import(
        layout=layout if layout in LAYOUTS else guessed, header=table.header, mapping=mapping, total=len(table.rows),
        created_by=actor.user_id, file_name=name.strip()[-_LONGEST_NAME:] or "Table",
    )  # fmt: skip
    made.options = first_options(made.layout) | {"notes": list(table.notes)}
    db.session.add(made)
    db.session.flush()
    for start in range(0, len(table.rows), _AT_ONCE):
        _keep_rows(made.id, table, start)
    outbox.enqueue(FORGET, made.id, run_at=utcnow() + KEPT)
    publish(
        Event(
            "import.begun", current_workspace_id(), actor, "import", made.id,
            data={"rows": made.total, "layout": made.layout}, topics=frozenset({"imports"}),
        )
    )  # fmt: skip
    return made


def _is_a_customers(title: str) -> bool:
    kinds = (email_addresses, phones, postcodes) if any(map(str.isdigit, title)) else (email_addresses,)
    return any(kind.parse(title) is not None for kind in kinds)  # “Mobile” is a postcode with two slips of the hand


def row_key(cells: list[str]) -> bytes:
    """The blind index of a whole row: blanks at its end and the case of its letters make no other row."""
    return search_index().exact("import_row", "\x1f".join(cells).rstrip("\x1f").casefold())


def _keep_rows(import_id: UUID, table: Table, start: int) -> None:
    here, seal = current_workspace_id(), cipher().seal_bytes
    rows = []
    for position, cells in table.rows[start : start + _AT_ONCE]:
        row_id = new_id()
        # What can be no text in a database's eyes (half of an emoji) is dropped here, once.
        kept = [cell.encode("utf-8", "ignore").decode() for cell in cells]
        rows.append(
            {
                "workspace_id": here, "id": row_id, "import_id": import_id, "position": position,
                "raw_sealed": seal(orjson.dumps(kept), "import_rows", "raw_sealed", row_id), "problems": "[]",
                "made_contact": False, "made_property": False, "row_key": row_key(kept),
            }
        )  # fmt: skip
    insert_rows(ImportRow.__table__, rows)
