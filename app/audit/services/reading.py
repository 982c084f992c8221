"""Opening one entry: a look at customers' data, which stands in the log itself."""

from uuid import UUID

from app.audit.queries.details import OpenEntry, open_entry
from app.audit.queries.showing import Line, lines_of
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id


def read_entry(entry_id: UUID, actor: Actor) -> tuple[Line, OpenEntry]:
    """An entry as the list tells it, and its facts. Raises NotFound, and then nothing is written."""
    opened = open_entry(entry_id)
    data = {"action": opened.row.action}
    publish(Event("audit.entry_read", current_workspace_id(), actor, "audit_entry", entry_id, data=data))
    return lines_of([opened.row], opened.people)[0], opened
