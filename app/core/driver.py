"""The driver's connection as Sill uses it: waits that cost little among greenlets, and one message to begin.

psycopg waits for each answer through gevent's poll, which costs more than most answers take. Here a wait first looks
at the socket itself for a moment, since nearly every answer comes within it, and only then lets the other greenlets
run. The moment is short, so that a statement that waits for another greenlet's lock never holds that greenlet up.

What columns a result has SQLAlchemy asks of each, but looks at only where it has not seen the statement before. So they
are described when somebody looks: forty columns of a lead took as long as to read it.

And what was prepared stays so when a sound transaction is rolled back, as each refused form rolls one back.
"""

import select
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
from psycopg import waiting
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult
from psycopg.types.json import set_json_loads

#: Milliseconds to look for an answer before others may run.
MOMENT = 2


def _original_poll() -> Any:
    """The system's own poll where gevent has put its own in place of it; None where nothing is patched."""
    try:
        from gevent import monkey
    except ImportError:
        return None
    return monkey.get_original("select", "poll") if monkey.is_object_patched("select", "poll") else None


_poll = _original_poll()
_MASKS = {
    waiting.Wait.R: select.POLLIN,
    waiting.Wait.W: select.POLLOUT,
    waiting.Wait.RW: select.POLLIN | select.POLLOUT,
}


class Columns(Sequence[psycopg.Column]):
    """The columns of a cursor's present result, each described when it is looked at."""

    def __init__(self, cursor: psycopg.Cursor[Any], number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, place: Any) -> Any:
        found = range(self._number)[place]
        return psycopg.Column(self._cursor, found) if isinstance(found, int) else [self[each] for each in found]


class Cursor(psycopg.Cursor[Any]):
    """A psycopg cursor that describes columns when somebody looks."""

    @property
    def description(self) -> Any:
        """As the DB-API has it: one entry a column, None where a statement gives no rows."""
        result = self.pgresult
        number = result.nfields if result else 0
        return Columns(self, number) if number else super().description


class Prepared(PrepareManager):
    """What is prepared on a connection, kept when a sound transaction is rolled back.

    psycopg forgets all of it at each rollback, since what the transaction made is gone, and PostgreSQL parses and plans
    every statement anew, three times until it is prepared again; a third of the time of all statements in our tests
    went there. The app's role makes nothing that a statement could name. After an error all is forgotten as psycopg
    does: a migration beside us may have changed what a plan stands on, and the statement would fail for ever.
    """

    has_failed = False

    def clear(self) -> bool:
        """Forget what is prepared if something failed since the last rollback. Returns whether the server is told."""
        failed, self.has_failed = self.has_failed, False
        return failed and super().clear()

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *_: Any) -> bool:
        ends = [result.command_status or b"" for result in results]
        if any(end.startswith((b"DROP", b"ALTER", b"DISCARD ALL", b"DEALLOCATE ALL")) for end in ends):
            return super().clear()
        return b"ROLLBACK" in ends and self.clear()


class Connection(psycopg.Connection[Any]):
    """A psycopg connection that begins no transaction by itself (core/tenancy.py does) and waits as described above."""

    _prepared: Prepared

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._prepared = Prepared()

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Run one of psycopg's generators to its end. Raises what psycopg's own wait raises."""
        try:
            if _poll is None or timeout is not None:
                return super().wait(gen, interval, timeout)
            return super().wait(_eager(gen, self.pgconn.socket), interval)
        except psycopg.DatabaseError:
            self._prepared.has_failed = True
            raise


def _eager(gen: Any, socket: int) -> Any:
    """The same generator, answered at once as long as the socket is ready within a moment."""
    try:
        wanted = next(gen)
        poll = _poll()
        poll.register(socket, _MASKS[wanted])
        while True:
            events = poll.poll(MOMENT)
            if events:
                flags = events[0][1]
                ready = (waiting.READY_R if flags & ~select.POLLOUT else 0) | (
                    waiting.READY_W if flags & ~select.POLLIN else 0
                )
            else:
                ready = yield wanted
            wanted = gen.send(ready)
            poll.modify(socket, _MASKS[wanted])
    except StopIteration as end:
        return end.value


#: Nobody waits so long between two statements of a transaction; who does has been forgotten, and others wait for them.
_LET_GO = "-c idle_in_transaction_session_timeout=60s"
#: Whatever its server or role says: what is read in another zone's time loses or gains an hour as clocks change there.
_OUR_OWN = {"timezone": "UTC", "datestyle": "ISO", "plan_cache_mode": "force_generic_plan"}


def connect(url: str, **options: Any) -> Connection:
    """Open a connection to SQLAlchemy's URL or libpq's, with psycopg's keywords.

    Statements are prepared and planned once a connection, not each time for its parameters: planning behind the walls
    takes longer than most statements, and with a parameter's frequency known the planner may believe that nearly
    nothing passes the walls and sort a whole workspace (seen: 2 s for a search among 100,000 leads).
    Raises psycopg.OperationalError when the server can't be reached.
    """
    settings = " ".join([_LET_GO, *(f"-c {name}={value}" for name, value in _OUR_OWN.items())])
    ours = {"options": settings, "client_encoding": "utf8", "prepare_threshold": 2}
    connection = Connection.connect(
        url.replace("postgresql+psycopg:", "postgresql:", 1), **ours | options, autocommit=True, cursor_factory=Cursor
    )
    set_json_loads(orjson.loads, connection)  # reads bytes as they are; a timeline has thirty pieces of JSON
    return connection
