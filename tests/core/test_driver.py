"""The driver's connection: what is prepared outlasts a refusal."""

from collections.abc import Iterator

import pytest

from app.core.driver import Connection, connect
from app.embedded.postgres import APP
from tests.support.database import WorkerDatabase

ASKED = "select %s::int + 1"
COUNTED = "select count(*) from pg_prepared_statements where statement like %s"


@pytest.fixture
def connection(database: WorkerDatabase) -> Iterator[Connection]:
    """A connection of its own, that has prepared one statement."""
    url = database.postgres.url(APP, database.name).replace("postgresql+psycopg:", "postgresql:", 1)
    with connect(conninfo=url, prepare_threshold=2) as opened:
        for number in range(4):
            assert opened.execute(ASKED, [number]).fetchone() == (number + 1,)
        assert prepared(opened) == 1
        yield opened


def prepared(connection: Connection) -> int:
    found = connection.execute(COUNTED, ["select $1::int + 1"], prepare=False).fetchone()
    assert found
    return int(found[0])


@pytest.mark.parametrize("how", ["by a statement", "by the driver", "to a savepoint", "after an error"])
def test_what_was_prepared_stays_when_a_transaction_is_rolled_back(connection: Connection, how: str) -> None:
    connection.execute("begin", prepare=False)
    if how == "to a savepoint":
        connection.execute("savepoint before", prepare=False)
    connection.execute(ASKED, [6])
    if how == "after an error":
        with pytest.raises(Exception, match="division by zero"):
            connection.execute("select 1 / 0")
    if how == "to a savepoint":
        connection.execute("rollback to savepoint before", prepare=False)
        connection.execute("commit", prepare=False)
    elif how == "by a statement":
        connection.execute("rollback", prepare=False)
    else:
        connection.rollback()
    assert prepared(connection) == 1
    assert connection.execute(ASKED, [1]).fetchone() == (2,)


def test_it_is_forgotten_with_the_server_that_forgets_it(connection: Connection) -> None:
    connection.execute("discard all", prepare=False)
    assert connection.execute(ASKED, [1]).fetchone() == (2,)
    assert prepared(connection) == 0
