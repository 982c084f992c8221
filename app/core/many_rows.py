"""Writing many rows by one statement, as the app's own role: row-level security refuses COPY, not INSERT."""

from collections.abc import Sequence
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
    if rows:
        names = tuple(rows[0])
        _send(table, names, tuple([row[name] for row in rows] for name in names))


def _send(table: Table, names: tuple[str, ...], columns: tuple[list[Any], ...]) -> None:
    # Through SQLAlchemy's connection, which tells the database the scope before the statement.
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
        table = type(instances[0]).__table__
        held = [vars(each) for each in instances]  # past the instrumentation, which costs more than the rest
        columns = tuple(_values(column, [each.get(column.name) for each in held]) for column in table.columns)
        _send(table, tuple(column.name for column in table.columns), columns)


def _values(column: Column, values: list[Any]) -> list[Any]:
    """What is sent for a column: its default for what was not given, lists and JSON as text."""
    if column.default is not None:
        default = column.default.arg
        values = [(default(None) if callable(default) else default) if each is None else each for each in values]
    if isinstance(column.type, ARRAY):
        return [None if each is None else ",".join(each) for each in values]
    if isinstance(column.type, JSON):
        return [None if each is None else orjson.dumps(each).decode() for each in values]
    return values
