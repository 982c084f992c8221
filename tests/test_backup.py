"""The backup of docs/operations.md: taken by a role that no wall holds, put back by the owner of the tables."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from psycopg import sql

from app.embedded import EmbeddedPostgres
from app.embedded.postgres import APP, OWNER, server_binaries
from app.embedded.processes import LOOPBACK
from tests.support.database import WorkerDatabase, WorldDatabase, reaching
from tests.support.leads import make_lead
from tests.support.world import World, browser

BACKUP = (
    "create role {role} login bypassrls password 'pw'",
    "grant pg_read_all_data to {role}",
    "grant connect on database {database} to {role}",
)
EMPTY = ("create database {database} owner {owner}", "grant connect on database {database} to {app}")
WALLS = (
    "select tablename || '.' || policyname, concat(qual, with_check) from pg_policies where schemaname = 'public'"
    " union all select relname, concat(relrowsecurity, relforcerowsecurity, relacl) from pg_class"
    "  where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1, 2"
)
PROGRAMS = ("pg_dump", "pg_restore")

pytestmark = pytest.mark.skipif(
    not all((server_binaries() / name).exists() for name in PROGRAMS), reason="this PostgreSQL came without pg_dump"
)


@pytest.fixture
def lived_in(app: Flask, database: WorkerDatabase, made_world: WorldDatabase) -> Iterator[str]:
    """A database with two workspaces in it, and a lead."""
    postgres, name = database.postgres, f"{database.name}_lived_in"
    made_world.engine.dispose()  # a template may have no connections
    postgres.drop_database(name)
    postgres.create_database(name, template=made_world.name)
    engine = database.engine_to(name)
    with reaching(app, engine):
        made_world.world()
        make_lead(name="Hannah Cole", phone="07700 900318")
        browser(app).get("/healthz")  # which commits
    engine.dispose()
    yield name
    postgres.drop_database(name)


@pytest.fixture
def backup_role(database: WorkerDatabase, lived_in: str) -> Iterator[str]:
    """The role that takes backups."""
    name = f"{database.name}_backup"
    names = {"role": sql.Identifier(name), "database": sql.Identifier(lived_in)}
    with database.postgres.admin(lived_in) as admin:
        for statement in BACKUP:
            admin.execute(sql.SQL(statement).format(**names))
        yield name
        admin.execute(sql.SQL("drop owned by {role}").format(**names))
        admin.execute(sql.SQL("drop role {role}").format(**names))


def run(postgres: EmbeddedPostgres, program: str, role: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run one of PostgreSQL's programs as a role."""
    environ = os.environ | {"PGPASSWORD": postgres.passwords.get(role, "pw"), "LC_ALL": "C"}
    where = ["-h", LOOPBACK, "-p", str(postgres.port), "-U", role]
    command = [str(server_binaries() / program), *where, *map(str, arguments)]
    return subprocess.run(command, env=environ, check=False, capture_output=True, text=True, timeout=120)


def test_what_was_dumped_opens_in_an_empty_database(
    app: Flask, database: WorkerDatabase, made_world: WorldDatabase, lived_in: str, backup_role: str, tmp_path: Path
) -> None:
    postgres, name, dump = database.postgres, f"{database.name}_restored", tmp_path / "sill.dump"
    taken = run(postgres, "pg_dump", backup_role, "-Fc", "-f", dump, lived_in)
    assert (taken.returncode, taken.stderr) == (0, "")
    postgres.drop_database(name)
    with postgres.admin("postgres") as admin:
        for statement in EMPTY:
            parts = {"database": sql.Identifier(name), "owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
            admin.execute(sql.SQL(statement).format(**parts))
    put_back = run(postgres, "pg_restore", OWNER, "--exit-on-error", "--single-transaction", "-d", name, dump)
    assert (put_back.returncode, put_back.stderr) == (0, "")
    engine = database.engine_to(name)
    with reaching(app, engine):
        world: World = made_world.world()
        assert "Hannah Cole" in browser(app, world.alice).get("/w/wells/leads").text
        assert browser(app).get("/readyz").json["checks"]["database"] == "ok"
    engine.dispose()
    with postgres.admin(lived_in) as before, postgres.admin(name) as after:
        walls = [each.execute(WALLS).fetchall() for each in (before, after)]
    assert walls[0] == walls[1] and len(walls[0]) > 100
    postgres.drop_database(name)


def test_the_owner_of_the_tables_gets_no_dump_and_is_told(
    database: WorkerDatabase, lived_in: str, tmp_path: Path
) -> None:
    taken = run(database.postgres, "pg_dump", OWNER, "-Fc", "-f", tmp_path / "sill.dump", lived_in)
    assert taken.returncode == 1 and "row-level security" in taken.stderr
