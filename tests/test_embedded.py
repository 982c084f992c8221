"""The embedded servers: rights of the roles, what survives, and how a crash is recovered from."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from app.embedded import EmbeddedServerError, EmbeddedServers, start_embedded


def connect(servers: EmbeddedServers, name: str) -> psycopg.Connection:
    return psycopg.connect(servers[name].replace("+psycopg", ""), autocommit=True)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    # Deeper than a unix socket's path may be, and with a blank in it.
    deep = tmp_path_factory.mktemp("deep") / ("d" * 110) / "a folder"
    deep.mkdir(parents=True)
    with start_embedded(deep / "var", True, True, durable=False) as started:
        yield started


def test_the_app_uses_tables_of_the_owner_but_may_not_change_or_empty_them(servers: EmbeddedServers) -> None:
    with connect(servers, "MIGRATION_DATABASE_URL") as owner:
        owner.execute("create table rights (id int generated always as identity, word text)")
    with connect(servers, "DATABASE_URL") as app:
        app.execute("insert into rights (word) values ('a'), ('b')")
        app.execute("update rights set word = 'c' where word = 'b'")
        app.execute("delete from rights where word = 'a'")
        assert app.execute("select word from rights").fetchall() == [("c",)]
        for refused in (
            "truncate rights",
            "drop table rights",
            "alter table rights add column x int",
            "create table mine (id int)",
            "create temp table mine (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)


def test_neither_role_can_get_round_row_level_security(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    with servers.postgres.admin() as admin:
        roles = admin.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
            " where rolname like 'sill%' order by 1"
        ).fetchall()
        memberships = admin.execute(
            "select count(*) from pg_auth_members where member::regrole::text like 'sill%'"
        ).fetchone()
    assert roles == [(name, False, False, False, False, False) for name in ("sill_app", "sill_owner")]
    assert memberships == (0,)


def test_a_database_made_from_a_template_keeps_tables_and_rights(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    server = servers.postgres
    server.create_database("first")
    with psycopg.connect(server.url("sill_owner", "first").replace("+psycopg", "")) as owner:
        owner.execute("create table visits (id int)")
    server.create_database("second", template="first")
    with psycopg.connect(server.url("sill_app", "second").replace("+psycopg", "")) as app:
        app.execute("insert into visits values (1)")
    server.drop_database("second")
    server.drop_database("second")


def test_a_wrong_password_and_no_password_are_refused(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=servers.postgres.port, user="postgres", dbname="sill", password="x")
    with redis.Redis.from_url(f"redis://127.0.0.1:{servers.redis.port}") as client, pytest.raises(redis.RedisError):
        client.ping()


def test_a_failing_statement_leaves_no_customer_data_in_the_log(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    with connect(servers, "DATABASE_URL") as app:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            app.execute("select %s::text, cast(word as int) from (values (%s)) as it(word)", ["canary-1", "canary-2"])
        with pytest.raises(psycopg.errors.UndefinedTable):
            app.execute("select 'canary-3' from nowhere")
    assert "canary-1" not in servers.postgres.log.read_text()
    assert "canary-3" not in servers.postgres.log.read_text()


def test_a_second_start_over_the_same_folder_is_refused(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    with pytest.raises(EmbeddedServerError, match="runs already"):
        start_embedded(servers.postgres.data_dir.parent, True, False)


def test_data_survives_a_stop_and_kill_minus_nine(tmp_path: Path) -> None:
    with start_embedded(tmp_path, True, True) as first:
        with connect(first, "MIGRATION_DATABASE_URL") as owner:
            owner.execute("create table kept (id int)")
        with redis.Redis.from_url(first["REDIS_URL"]) as client:
            client.set("kept", "yes")
    second = start_embedded(tmp_path, True, True)
    assert dict(second) == dict(first), "passwords and ports stay, so another terminal's settings stay true"
    for server in (second.postgres, second.redis):
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        psutil.Process(server.pid).wait(60)
    second.stop()
    for torn in ("postgres/postmaster.pid", "redis/redis.pid"):  # as a power cut leaves them
        (tmp_path / torn).write_bytes(bytes(8))
    with start_embedded(tmp_path, True, True) as third:
        with connect(third, "DATABASE_URL") as app:
            assert app.execute("select count(*) from kept").fetchone() == (0,)
        with redis.Redis.from_url(third["REDIS_URL"]) as client:
            assert client.get("kept") == b"yes"
