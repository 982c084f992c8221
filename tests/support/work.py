"""Does the outbox's work in the test's own process, and counts the statements that a piece of code runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, text

from app.core import outbox
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db

MOST_ROUNDS = 50


def run_outbox() -> int:
    """Run what is due, and what becomes due by that, until nothing is. Returns how many pieces were run.

    Work whose time has not come stays (see `make_due`). A piece that stays due for 50 rounds fails the test.
    """
    done = 0
    for _ in range(MOST_ROUNDS):
        with acting_in(None, sees="none"), transaction():
            rows = db.session.execute(text("select workspace_id, id from due_outbox(500)")).all()
        if not rows:
            db.session.expire_all()
            return done
        for workspace_id, item_id in rows:
            outbox.run(workspace_id, item_id)
            done += 1
    raise AssertionError(f"still due after {MOST_ROUNDS} rounds: {len(rows)} pieces of work")


def make_due(kind: str | None = None) -> int:
    """Pull work of the workspace in scope that waits for its time (of one kind, or all) to now. Returns how many."""
    db.session.flush()
    if kind in (None, "follow_up.due"):
        db.session.execute(
            text(
                "update follow_ups set due_at = clock_timestamp() - interval '1 second' where state = 'planned'"
                " and kind in ('email', 'sms', 'stage', 'branch') and due_at > clock_timestamp()"
            )
        )
    moved = db.session.execute(
        text(
            "update outbox set run_at = clock_timestamp() - interval '1 second'"
            " where state = 'ready' and run_at > clock_timestamp() and kind = coalesce(:kind, kind)"
        ),
        {"kind": kind},
    )
    db.session.expire_all()
    return int(moved.rowcount)  # type: ignore[attr-defined]


class Statements(list[str]):
    """The statements that ran inside a `count_sql()` block; `len()` of it is the count."""


@contextmanager
def count_sql() -> Iterator[Statements]:
    """Collect the SQL statements that run inside the block, leaving out savepoints and the setting of the scope."""
    seen = Statements()

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("select set_config", "set constraints", "SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
