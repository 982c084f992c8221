"""One database for each xdist worker, and the two ways a test may use it: rolled back, or committed and emptied.

What most tests begin with, the world of `tests.support.world`, is made once in a second database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.driver import connect
from app.embedded import EmbeddedPostgres
from app.embedded.postgres import APP
from app.extensions import db
from tests.support.servers import TEMPLATE
from tests.support.world import World

CHECK_NOW = text("set constraints all immediate")
CHECK_LATER = text("set constraints all deferred")


class WorkerDatabase:
    """A copy of the migrated template, used as the app's role."""

    def __init__(self, postgres: EmbeddedPostgres, name: str) -> None:
        self.postgres, self.name = postgres, name
        postgres.drop_database(name)
        postgres.create_database(name, template=TEMPLATE)
        self.url = postgres.url(APP, name)
        self.engine = self.engine_to(name)

    def engine_to(self, name: str) -> Engine:
        """One connection, kept from test to test: what PostgreSQL looked up for it is costly to look up anew."""
        creator = partial(connect, self.postgres.url(APP, name))
        return create_engine(
            "postgresql+psycopg://", creator=creator, pool_size=1, max_overflow=0, hide_parameters=True
        )

    def admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the superuser, which no wall holds; the caller closes it."""
        return self.postgres.admin(self.name)

    def empty(self) -> None:
        """Remove every row but the migrations' own, quickly: triggers and walls are off for the superuser."""
        with self.admin() as connection:
            connection.execute("set session_replication_role = replica")
            tables = connection.execute(
                "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
                " and relname <> 'alembic_version'"
            ).fetchall()
            for (table,) in tables:
                connection.execute(sql.SQL("delete from {}").format(sql.Identifier(str(table))))


def settle() -> None:
    """Let what waits for the commit happen now (the counts of stages), as a commit would."""
    db.session.flush()
    db.session.execute(CHECK_NOW)
    db.session.execute(CHECK_LATER)


class WorldDatabase:
    """A second copy in which the world has been made and committed, for the tests that only add to it."""

    def __init__(self, app: Flask, database: WorkerDatabase, make_world: Callable[[], World]) -> None:
        self.name = f"{database.name}_world"
        database.postgres.drop_database(self.name)
        database.postgres.create_database(self.name, template=TEMPLATE)
        self.engine = database.engine_to(self.name)
        with app.app_context(), reaching(app, self.engine):
            self._made = make_world()
        tenancy.leave()

    def world(self) -> World:
        """The world as it was made, for one test to add to; enters Alice's workspace as Alice."""
        world = World(dict(self._made.people))
        world.enter()
        return world


@contextmanager
def rolled_back(app: Flask, engine: Engine) -> Iterator[None]:
    """Bind the app's sessions to one connection whose commits are savepoints, and roll all of it back.

    Each commit checks deferred constraints first, so that their triggers do what they would at a real one.
    """
    with _engine_of(app) as swap, engine.connect() as connection:
        outer = connection.begin()
        swap(connection)
        db.session.configure(join_transaction_mode="create_savepoint")
        event.listen(Session, "before_commit", _settle_before_commit)
        try:
            yield
        finally:
            event.remove(Session, "before_commit", _settle_before_commit)
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()


@contextmanager
def committed(app: Flask, database: WorkerDatabase) -> Iterator[None]:
    """Let commits be real, over the app's own pool, and empty the database afterwards."""
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()
        database.empty()


@contextmanager
def reaching(app: Flask, engine: Engine) -> Iterator[None]:
    """Bind the app's sessions to another database, where their commits are real."""
    db.session.remove()
    with _engine_of(app) as swap:
        swap(engine)
        try:
            yield
        finally:
            db.session.remove()


@contextmanager
def _engine_of(app: Flask) -> Iterator[Callable[[object], None]]:
    engines = db._app_engines[app]
    before = engines[None]

    def swap(connection: object) -> None:
        engines[None] = connection  # type: ignore[assignment]

    try:
        yield swap
    finally:
        engines[None] = before


def _settle_before_commit(session: Session) -> None:
    if not session.in_nested_transaction() and session.in_transaction():
        session.flush()
        session.execute(CHECK_NOW)
        session.execute(CHECK_LATER)
