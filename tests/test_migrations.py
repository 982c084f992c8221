"""The migrations make what the models say, take it away again, and can do so twice."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import text

from app.config import ROOT
from app.embedded.postgres import APP, OWNER
from app.extensions import db
from tests.support.database import WorkerDatabase

LEFT = text(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')"
    " union select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1"
)


@pytest.fixture
def empty(wired_app: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """An app of its own on a database without tables, all models known (`wired_app` imports them)."""
    postgres, name = database.postgres, f"{database.name}_migrations"
    postgres.drop_database(name)
    postgres.create_database(name)
    bare = Flask("migrations")
    bare.config.update(
        SQLALCHEMY_DATABASE_URI=postgres.url(APP, name), MIGRATION_DATABASE_URL=postgres.url(OWNER, name)
    )
    db.init_app(bare)
    Migrate(bare, db, directory=str(ROOT / "migrations"))
    with bare.app_context():
        yield bare
        db.session.remove()
        db.engine.dispose()
    postgres.drop_database(name)


def test_up_down_and_up_again(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
        made = connection.scalars(LEFT).all()
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert connection.scalars(LEFT).all() == ["alembic_version"]
    upgrade()
    with db.engine.connect() as connection:
        assert connection.scalars(LEFT).all() == made
