"""How PostgreSQL goes about the statements of the list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.audit.queries.filtering import AuditFilter
from app.audit.queries.listing import list_entries
from app.extensions import db


def plans(wanted: AuditFilter, subject_ids: Sequence[UUID]) -> list[str]:
    """The plan of each statement on the log, with what is asked for known and not known when it is planned."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "audit_entries" in statement:
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        list_entries(wanted, subject_ids)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    connection = db.session.connection()
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        connection.exec_driver_sql(f"set local plan_cache_mode = {mode}")
        found += [
            "\n".join(row[0] for row in connection.exec_driver_sql(f"explain {statement}", parameters))
            for statement, parameters in seen
        ]
    return found
