"""Rows for every table there is, made from the catalogue: a new table gets its rows without anyone thinking of it.

Three families: Alice's own lead (`mine`), her colleague's (`theirs`), both in one workspace, and `foreign` in another.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import sql

from tests.isolation.catalog import FOREIGN_KEYS, OUTSIDE_THE_WALL, Connection

HERE, ELSEWHERE = (uuid5(NAMESPACE_URL, name) for name in ("here", "elsewhere"))
FILLERS: dict[str, Any] = {
    "text": "x", "integer": 1, "bigint": 1, "smallint": 1, "boolean": False, "bytea": b"\x01", "jsonb": "{}",
    "ARRAY": "{}", "inet": "127.0.0.1", "date": "2026-11-20", "time without time zone": "09:00",
    "timestamp with time zone": "2026-11-20 09:00+00",
}  # fmt: skip
#: Columns that a CHECK compares with another one.
LATER = {("workspaces", "sms_closes"): "19:00"}


@dataclass(frozen=True, slots=True)
class Family:
    """One row in each table, belonging together. `person` owns the lead and has the appointment."""

    name: str
    workspace_id: UUID

    @property
    def person(self) -> UUID:
        """The user of the family."""
        return self.id_in("users")

    def id_in(self, table: str) -> UUID:
        """The id of the family's row in a table (of workspaces: the workspace's)."""
        return self.workspace_id if table == "workspaces" else uuid5(NAMESPACE_URL, f"{self.name}/{table}")


MINE, THEIRS, FOREIGN = Family("mine", HERE), Family("theirs", HERE), Family("foreign", ELSEWHERE)
FAMILIES = (MINE, THEIRS, FOREIGN)


def fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """Put the families into every table but the migrations' own, as a superuser with triggers and keys off.

    Returns the row of `mine` for each table.
    """
    rows = all_rows(connection)
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        for table, row in rows:
            insert(connection, table, row, "on conflict do nothing")
    mine: dict[str, dict[str, Any]] = {}
    for table, row in rows:
        mine.setdefault(table, row)
    return mine


def all_rows(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Every family's row for every table, as (table, column -> value)."""
    parents = _parents(connection)
    choices = _choices(connection)
    columns = connection.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'public' and table_name <> 'alembic_version' order by 1, ordinal_position"
    ).fetchall()
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for family in FAMILIES:
        for table, column, kind in columns:
            row = rows.setdefault((family.name, table), {})
            row[column] = _value(family, table, column, kind, parents, choices)
    return [(table, row) for (_, table), row in rows.items()]


def insert(connection: Connection, table: str, row: dict[str, Any], more: str = "") -> int:
    """Insert one row; returns how many there are more."""
    statement = sql.SQL("insert into {} ({}) values ({}) {}").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)), sql.SQL(more),  # type: ignore[arg-type]
    )  # fmt: skip
    return int(connection.execute(statement, list(row.values())).rowcount)


def walled_tables(connection: Connection) -> list[str]:
    """Every table that stands behind the wall."""
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [table for (table,) in rows if table not in OUTSIDE_THE_WALL]


def _value(
    family: Family, table: str, column: str, kind: str, parents: dict[tuple[str, str], str],
    choices: dict[tuple[str, str], str],
) -> Any:  # fmt: skip
    if column == "workspace_id":
        return family.workspace_id
    if column == "id":
        return family.id_in(table)
    if (table, column) in LATER:
        return LATER[table, column]
    if (table, column) in choices:
        return choices[table, column]
    if column in ("user_id", "owner_id"):
        return family.person
    if kind == "uuid":
        return family.id_in(parents.get((table, column), column))
    if kind == "text":
        return f"{family.name}-{family.workspace_id}"
    if kind == "bytea":
        return family.id_in(table).bytes
    return FILLERS[kind]


def _parents(connection: Connection) -> dict[tuple[str, str], str]:
    """(table, column) -> the table it refers to, for foreign keys that are one id wide."""
    found = {}
    for _, table, parent, columns, _ in connection.execute(FOREIGN_KEYS):
        rest = [column for column in columns if column != "workspace_id"]
        if len(rest) == 1:
            found[table, rest[0]] = parent
    return found


def _choices(connection: Connection) -> dict[tuple[str, str], str]:
    """(table, column) -> the first of the words that a CHECK allows."""
    found = {}
    for table, definition in connection.execute(
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'c' and connamespace = 'public'::regnamespace"
    ):
        match = re.match(r"CHECK \(\((\w+) = ANY \(ARRAY\['([^']+)'", definition)
        if match:
            found[table, match[1]] = match[2]
    return found
