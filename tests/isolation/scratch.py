"""A database to break: filled with one family of rows for each side of each wall, every change rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from app.embedded import EmbeddedPostgres
from tests.isolation.probes import probe
from tests.isolation.rows import fill
from tests.support.servers import TEMPLATE


class Scratch:
    """A copy of the migrated database, reached as the superuser, who may become the app's role."""

    def __init__(self, postgres: EmbeddedPostgres, name: str) -> None:
        self.postgres, self.name = postgres, name
        postgres.drop_database(name)
        postgres.create_database(name, template=TEMPLATE)
        self.connection: psycopg.Connection[Any] = postgres.admin(name)
        self.mine = fill(self.connection)

    @contextmanager
    def changed(self, statements: str) -> Iterator[None]:
        """Run a block with the schema changed, then undo it (PostgreSQL's DDL is transactional)."""
        with self.connection.transaction(force_rollback=True):
            for statement in statements.split("; "):
                self.connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
            yield

    def probe(self, table: str) -> list[str]:
        """What gets through the walls of one table."""
        return probe(self.connection, table, self.mine[table])

    def close(self) -> None:
        """Remove it."""
        self.connection.close()
        self.postgres.drop_database(self.name)
