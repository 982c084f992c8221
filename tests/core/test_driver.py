"""The driver's connection: what is prepared outlasts a refusal, and no longer than it is good. And it has our settings,
not the server's.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from psycopg import sql
from psycopg.errors import FeatureNotSupported

from app.core.driver import Connection, connect
from tests.support.database import WorkerDatabase

ASKED = "select %s::int + 1"
#: An hour apart, while clocks in New York go back.
AN_HOUR = "select timestamptz '2026-11-01T05:30Z', timestamptz '2026-11-01T06:30Z', U&'Z\\0142oty'"
OTHERS = ("timezone = 'America/New_York'", "datestyle = 'German'", "client_encoding = 'latin1'")
COUNTED = "select count(*) from pg_prepared_statements where statement like %s"


@pytest.fixture
def connection(database: WorkerDatabase) -> Iterator[Connection]:
    """A connection of its own, that has prepared one statement."""
    with connect(database.url) as opened:
        for number in range(4):
            assert opened.execute(ASKED, [number]).fetchone() == (number + 1,)
        assert prepared(opened) == 1
        yield opened


def prepared(connection: Connection) -> int:
    found = connection.execute(COUNTED, ["select $1::int + 1"], prepare=False).fetchone()
    assert found
    return int(found[0])


@pytest.mark.parametrize("how", ["by a statement", "by the driver", "to a savepoint"])
def test_what_was_prepared_stays_when_a_sound_transaction_is_rolled_back(connection: Connection, how: str) -> None:
    connection.execute("begin", prepare=False)
    connection.execute("savepoint before", prepare=False)
    connection.execute(ASKED, [6])
    if how == "by a statement":
        connection.execute("rollback", prepare=False)
    elif how == "by the driver":
        connection.rollback()
    else:
        connection.execute("rollback to savepoint before", prepare=False)
        connection.execute("commit", prepare=False)
    assert prepared(connection) == 1
    assert connection.execute(ASKED, [1]).fetchone() == (2,)


@pytest.mark.parametrize("how", ["by the driver", "to a savepoint"])
def test_it_works_again_after_a_migration_changed_what_it_stands_on(
    connection: Connection, database: WorkerDatabase, how: str
) -> None:
    with database.admin() as admin:
        try:
            admin.execute("create table passing as select 1 as number")
            admin.execute("grant select on passing to public")
            for _ in range(4):
                assert connection.execute("select number from passing").fetchone() == (1,)
            admin.execute("alter table passing alter number type text")
            connection.execute("begin", prepare=False)
            connection.execute("savepoint before", prepare=False)
            with pytest.raises(FeatureNotSupported, match="must not change result type"):
                connection.execute("select number from passing")
            if how == "by the driver":
                connection.rollback()
            else:
                connection.execute("rollback to savepoint before", prepare=False)
            assert connection.execute("select number from passing").fetchone() == ("1",)
            connection.rollback()
        finally:
            admin.execute("drop table if exists passing")


def test_it_is_forgotten_with_the_server_that_forgets_it(connection: Connection) -> None:
    connection.execute("discard all", prepare=False)
    assert connection.execute(ASKED, [1]).fetchone() == (2,)
    assert prepared(connection) == 0


def test_a_server_with_a_zone_and_ways_of_its_own_is_read_in_ours(database: WorkerDatabase) -> None:
    name = sql.Identifier(database.name)
    with database.admin() as admin:
        try:
            for other in OTHERS:
                admin.execute(sql.SQL("alter database {} set " + other).format(name))
            with connect(database.url) as opened:
                row = opened.execute(AN_HOUR).fetchone()
            assert row
            first, then, word = row
            assert then - first == timedelta(hours=1) and first.isoformat() == "2026-11-01T05:30:00+00:00"
            assert word == "Złoty"
        finally:
            admin.execute(sql.SQL("alter database {} reset all").format(name))
