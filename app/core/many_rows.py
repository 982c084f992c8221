"""Writing many rows by one statement, as the app's own role: row-level security refuses COPY, not INSERT."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Column, Table
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


def insert_all(instances: Sequence[Any]) -> None:
    """Insert new rows of one model, by one statement, without the session knowing them: what a flush would write.

    The instances are made as usual and never added; defaults that the model declares are filled in here.
    """
    if instances:
        columns = _columns(type(instances[0]))
        insert_rows(instances[0].__table__, [{name: write(each) for name, write in columns} for each in instances])


@lru_cache(maxsize=64)
def _columns(model: type) -> list[tuple[str, Callable[[Any], Any]]]:
    """Each column's name, and what is sent of an instance."""
    return [(column.name, _writer(column)) for column in model.__table__.columns]


def _writer(column: Column) -> Callable[[Any], Any]:
    name, default = column.name, column.default
    make = None if default is None else default.arg if callable(default.arg) else lambda context: default.arg

    def write(instance: Any) -> Any:
        value = getattr(instance, name)
        if value is None and make is not None:
            value = make(None)
        if value is None:
            return None
        if isinstance(column.type, ARRAY):
            return ",".join(value)
        return orjson.dumps(value).decode() if isinstance(column.type, JSON) else value

    return write
