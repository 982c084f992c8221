"""What the app's role can do through the walls, tried out table by table: a list of findings (empty: all is well)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import errors, sql

from tests.isolation.catalog import Connection
from tests.isolation.rows import ELSEWHERE, HERE, MINE, THEIRS, insert

#: What is seen only as far as a lead is: these tables hold customers and what happens to them.
SEEN_WITH_THE_LEAD = frozenset(
    {
        "activities", "booking_news", "bulk_act_leads", "consents", "contacts", "conversations", "delivery_attempts",
        "discrepancies", "enrolments", "favourites", "files", "follow_ups", "form_submissions", "lead_claims",
        "lead_tags", "leads", "messages", "photo_requests", "properties", "quote_lines", "quote_options", "quotes",
        "search_tokens", "slot_offers", "stage_changes", "submission_photos", "transfer_calls", "transfers",
    }
)  # fmt: skip
#: What only those see who see every lead.
SEEN_BY_ALL_SEEING = frozenset({"imports", "import_rows", "lead_exports"})
#: What is each member's own.
PERSONAL = frozenset({"list_preferences", "notifications", "saved_views"})
ADDED_ONLY = frozenset({"audit_entries"})


def probe(connection: Connection, table: str, here: dict[str, Any]) -> list[str]:
    """Try every way through the walls of one table, of which `here` is a row of ours. Changes nothing."""
    wall = "id" if table == "workspaces" else "workspace_id"
    probes: tuple[Callable[..., Iterator[str]], ...] = (_reading, _writing_elsewhere, _onlookers)
    if table in SEEN_WITH_THE_LEAD or table == "appointments":
        probes += (_roles,)
    if table in SEEN_BY_ALL_SEEING:
        probes += (_all_seeing,)
    if table in PERSONAL:
        probes += (_personal,)
    if table in ADDED_ONLY:
        probes += (_added_only,)
    if table in ("workspaces", "memberships"):
        probes += (_own_places,)
    if table == "outbox":
        probes += (_sweeping,)
    return [f"{table}: {fault}" for each in probes for fault in each(connection, table, wall, here)]


@contextmanager
def acting(connection: Connection, workspace: UUID | None, person: UUID | None, sees: str) -> Iterator[None]:
    """Be the app's role in a scope, for a block that is undone."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select set_config('app.workspace_id', %s, true), set_config('app.user_id', %s, true),"
            " set_config('app.scope', %s, true), set_config('role', 'sill_app', true)",
            [str(workspace or ""), str(person or ""), sees],
        )
        yield


def seen(connection: Connection, table: str, wall: str, workspace: UUID) -> int:
    """How many rows of a workspace the current role sees."""
    query = sql.SQL("select count(*) from {} where {} = %s").format(sql.Identifier(table), sql.Identifier(wall))
    return int(connection.execute(query, [workspace]).fetchone()[0])


def _reading(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    with acting(connection, HERE, MINE.person, "all"):
        if seen(connection, table, wall, ELSEWHERE):
            yield "another workspace's rows are seen"
        if not seen(connection, table, wall, HERE):
            yield "one's own rows are not seen"
    for sees in ("none", "all", "read"):
        with acting(connection, None, None, sees):
            if seen(connection, table, wall, HERE) + seen(connection, table, wall, ELSEWHERE):
                yield "rows are seen outside any workspace"


def _writing_elsewhere(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    with acting(connection, HERE, MINE.person, "all"):
        if not _refused(connection, lambda: insert(connection, table, _fresh(here) | {wall: uuid4()})):
            yield "a row can be put into another workspace"
        if table in ADDED_ONLY:
            return
        if _touched(connection, "update {0} set {1} = {1} where {1} = %s", table, wall, ELSEWHERE):
            yield "another workspace's rows can be changed"
        if _touched(connection, "delete from {0} where {1} = %s", table, wall, ELSEWHERE):
            yield "another workspace's rows can be deleted"
        move = "update {0} set {1} = gen_random_uuid() where {1} = %s"
        if not _refused(connection, lambda: _execute(connection, move, table, wall, HERE)):
            yield "a row can be moved to another workspace"
    with acting(connection, HERE, MINE.person, "all"):
        if not _touched(connection, "update {0} set {1} = {1} where {1} = %s", table, wall, HERE):
            yield "one's own rows can't be changed"


def _onlookers(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    """Whoever may only read is refused by the database itself, and so is someone before a role is known."""
    for sees in ("read", "none"):
        if table in ADDED_ONLY:
            return  # what an onlooker does (signing in, reading) is written down too
        with acting(connection, HERE, MINE.person, sees):
            row = here if wall == "id" else _fresh(here)  # the wall is asked before the key
            if not _refused(connection, lambda row=row: insert(connection, table, row)):
                yield f"scope {sees} adds rows"
            if _touched(connection, "update {0} set {1} = {1} where {1} = %s", table, wall, HERE):
                yield f"scope {sees} changes rows"
            if _touched(connection, "delete from {0} where {1} = %s", table, wall, HERE):
                yield f"scope {sees} deletes rows"


def _roles(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    """Sales see their own leads and nobody's, the crew those they visit, with all that hangs on them."""
    for sees, expected in (("all", 2), ("read", 2), ("own", 1), ("visits", 1), ("none", 0)):
        if table == "appointments" and sees in ("own", "none"):
            expected = 2 if sees == "own" else 1
        with acting(connection, HERE, MINE.person, sees):
            count = seen(connection, table, wall, HERE)
            if count != expected:
                yield f"scope {sees} sees {count} of 2 families, not {expected}"
    for family in (THEIRS, MINE):
        for sees in ("own", "visits"):
            with acting(connection, HERE, family.person, sees):
                column, parent = ("id", table) if "id" in here else ("lead_id", "leads")
                other = MINE if family is THEIRS else THEIRS
                query = sql.SQL("select count(*) from {} where {} = %s").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
                hidden = connection.execute(query, [other.id_in(parent)]).fetchone()[0]
                if hidden and not (table == "appointments" and sees == "own"):
                    yield f"scope {sees} sees what belongs to a colleague's lead"


def _all_seeing(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    """Whose view ends at their own leads or visits sees none of it."""
    for sees, expected in (("all", 2), ("read", 2), ("own", 0), ("visits", 0), ("none", 0)):
        with acting(connection, HERE, MINE.person, sees):
            count = seen(connection, table, wall, HERE)
            if count != expected:
                yield f"scope {sees} sees {count} of 2 rows, not {expected}"


def _personal(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    """A member sees their own, whatever their role; the work behind the pages, which is nobody, sees everyone's."""
    for person, expected in ((MINE.person, 1), (THEIRS.person, 1), (None, 2)):
        with acting(connection, HERE, person, "all"):
            count = seen(connection, table, wall, HERE)
            if count != expected:
                yield f"{'a member' if person else 'the work'} sees {count} of 2 members' rows, not {expected}"


def _added_only(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    with acting(connection, HERE, MINE.person, "all"):
        if _refused(connection, lambda: insert(connection, table, _fresh(here))):
            yield "no row can be added"
    for statement in ("update {0} set {1} = {1} where {1} = %s", "delete from {0} where {1} = %s"):
        with connection.transaction(force_rollback=True):  # as the superuser: the trigger alone stops him
            try:
                _execute(connection, statement, table, wall, HERE)
            except errors.RaiseException:
                continue
            yield "what was written down can be changed"


def _own_places(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    """Before a workspace is chosen a person sees their own places, and nobody else's."""
    with acting(connection, None, MINE.person, "none"):
        if seen(connection, table, wall, HERE) != 1:
            yield "a person does not see the one place they have"
        if seen(connection, table, wall, ELSEWHERE):
            yield "a person sees a place where they don't belong"


def _sweeping(connection: Connection, table: str, wall: str, here: dict[str, Any]) -> Iterator[str]:
    with connection.transaction(force_rollback=True):
        connection.execute("update outbox set state = 'ready', run_at = now() - interval '1 hour'")
        with acting(connection, None, None, "none"):
            found = {row[0] for row in connection.execute("select workspace_id from due_outbox(100)")}
            if found != {HERE, ELSEWHERE}:
                yield "the sweeper does not find due work in every workspace"
            connection.execute("reset role")
            connection.execute("update outbox set state = 'leased', lease_until = now() - interval '1 hour'")
            connection.execute("set local role sill_app")
            found = {row[0] for row in connection.execute("select workspace_id from abandoned_outbox(100)")}
            if found != {HERE, ELSEWHERE}:
                yield "the sweeper does not find abandoned work in every workspace"
            connection.execute("select set_config('app.sweep', 'on', true)")
            if seen(connection, table, wall, HERE):
                yield "the app's role can sweep by itself"


def _fresh(row: dict[str, Any]) -> dict[str, Any]:
    return row | ({"id": uuid4()} if "id" in row else {})


def _refused(connection: Connection, act: Callable[[], object]) -> bool:
    """Whether row-level security refuses; any other outcome, a broken key included, is no refusal."""
    try:
        with connection.transaction():
            act()
    except errors.InsufficientPrivilege:
        return True
    except psycopg.Error:
        return False
    return False


def _touched(connection: Connection, statement: str, table: str, wall: str, workspace: UUID) -> int:
    """How many rows the statement gets hold of (a key that then refuses it counts: the wall did not)."""
    try:
        with connection.transaction(force_rollback=True):
            return _execute(connection, statement, table, wall, workspace)
    except errors.InsufficientPrivilege:
        return 0
    except psycopg.Error:
        return 1


def _execute(connection: Connection, statement: str, table: str, wall: str, workspace: UUID) -> int:
    query = sql.SQL(statement).format(sql.Identifier(table), sql.Identifier(wall))  # type: ignore[arg-type]
    return int(connection.execute(query, [workspace]).rowcount)
