"""Writing many rows by one statement, as the app's own role: row-level security refuses COPY, not INSERT."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import ARRAY, JSON

from app.extensions import db

_DIALECT = postgresql.dialect()


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`, whose keys are all alike, in the running transaction.

    Each column goes over as one binary array. JSON comes as text, a list of texts joined by commas (they hold none).
    """
    if not rows:
        return
    names = tuple(rows[0])
    # Through SQLAlchemy's connection, which tells the database the scope before the statement.
    columns = tuple([row[name] for row in rows] for name in names)
    db.session.connection().exec_driver_sql(_statement(table, names), columns)


@lru_cache(maxsize=64)
def _statement(table: Table, names: tuple[str, ...]) -> str:
    sent, taken = [], []
    for name in names:
        kind = table.c[name].type
        if isinstance(kind, ARRAY):
            sent.append("text")
            taken.append(f"string_to_array({name}, ',')")
        elif isinstance(kind, JSON):
            sent.append("text")
            taken.append(f"{name}::jsonb")
        else:
            sent.append(kind.compile(dialect=_DIALECT))
            taken.append(name)
    arrays = ", ".join(f"%b::{kind}[]" for kind in sent)
    columns = ", ".join(names)
    # All names come from the models.
    source = f"select {', '.join(taken)} from unnest({arrays}) as sent({columns})"  # noqa: S608
    return f"insert into {table.name} ({columns}) {source}"
