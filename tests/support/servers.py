"""The real PostgreSQL and Redis of a test run: started once, shared by all xdist workers, removed at the end."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate, upgrade

from app.config import ROOT
from app.embedded import EmbeddedPostgres, EmbeddedServers, start_embedded
from app.embedded.postgres import APP, OWNER, SUPERUSER
from app.extensions import db

TEMPLATE = "sill_template"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the run's servers are, as plain data that xdist can hand to its workers."""

    folder: str
    pg_port: int
    pg_passwords: dict[str, str]
    redis_url: str

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> "Address":
        """The address that `vars_of` made plain."""
        return cls(**data)

    def plain(self) -> dict[str, Any]:
        """Itself as a dict of plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def postgres(self) -> EmbeddedPostgres:
        """A handle on the running PostgreSQL (it neither starts nor stops it)."""
        postgres = EmbeddedPostgres(Path(self.folder) / "postgres", self.pg_passwords, durable=False)
        postgres.port = self.pg_port
        return postgres

    def redis(self, number: int) -> str:
        """The URL of one of Redis's databases."""
        return self.redis_url.rpartition("/")[0] + f"/{number}"


class RunServers:
    """PostgreSQL with a migrated template database, and Redis."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sill-test-"))
        self.folder.chmod(0o711)  # PostgreSQL runs as another account when we are root
        try:
            self.servers: EmbeddedServers = start_embedded(self.folder, True, True, durable=False)
            postgres, redis = self.servers.postgres, self.servers.redis
            assert postgres and redis
            postgres.create_database(TEMPLATE)
            migrate(postgres, TEMPLATE)
        except BaseException:
            self.stop()
            raise
        self.address = Address(str(self.folder), postgres.port, postgres.passwords, redis.url)

    def stop(self) -> None:
        """Stop both and remove what they kept."""
        if hasattr(self, "servers"):
            self.servers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def migrate(postgres: EmbeddedPostgres, database: str) -> None:
    """Bring a database to the head of the migrations, as its owner."""
    bare = Flask("migrations")  # not the whole app: a feature that can't be imported must not stop the others' tests
    bare.config.update(
        SQLALCHEMY_DATABASE_URI=postgres.url(APP, database), MIGRATION_DATABASE_URL=postgres.url(OWNER, database)
    )
    db.init_app(bare)
    Migrate(bare, db, directory=str(ROOT / "migrations"))
    with bare.app_context():
        upgrade()


def owner_connection(postgres: EmbeddedPostgres, database: str) -> Any:
    """A psycopg connection as the superuser on `database`, each statement committed at once."""
    assert SUPERUSER in postgres.passwords
    return postgres.admin(database)
