"""The walls, tried out; and each of them taken down in turn, to see that these tests would notice."""

import psycopg
import pytest
from psycopg import sql

from tests.isolation.catalog import catalog_faults
from tests.isolation.probes import SEEN_BY_ALL_SEEING, SEEN_WITH_THE_LEAD
from tests.isolation.rows import FOREIGN, MINE, walled_tables
from tests.isolation.scratch import Scratch


def test_no_way_leads_through_any_wall(scratch: Scratch) -> None:
    tables = walled_tables(scratch.connection)
    assert len(tables) > 30
    assert [fault for table in tables for fault in scratch.probe(table)] == []


def test_every_table_that_hangs_on_a_lead_is_seen_as_far_as_the_lead(scratch: Scratch) -> None:
    rows = scratch.connection.execute(
        "select table_name from information_schema.columns where table_schema = 'public'"
        " and column_name in ('lead_id', 'quote_id', 'transfer_id', 'message_id', 'contact_id')"
    )
    # An appointment is what makes a lead visible to the crew, a notification is its member's own, what has arrived is
    # nobody's until it is placed, a file's rows are for who sees all, Squeegee's customers for all: rules of their own.
    others = {"appointments", "arrivals", "notifications", "squeegee_customers"} | SEEN_BY_ALL_SEEING
    assert {table for (table,) in rows} - others <= SEEN_WITH_THE_LEAD


def test_every_policy_is_missed_when_it_is_dropped(scratch: Scratch) -> None:
    policies = scratch.connection.execute("select tablename, policyname from pg_policies order by 1, 2").fetchall()
    assert len(policies) > 130
    survivors = []
    for table, policy in policies:
        with scratch.changed(f"drop policy {policy} on {table}"):
            if not scratch.probe(table):
                survivors.append(f"{table}.{policy}")
    assert survivors == []


def test_every_policy_is_missed_when_it_lets_everything_through(scratch: Scratch) -> None:
    policies = scratch.connection.execute(
        "select tablename, policyname, qual is not null, with_check is not null from pg_policies order by 1, 2"
    ).fetchall()
    survivors = []
    for table, policy, has_using, has_check in policies:
        using, check = " using (true)" if has_using else "", " with check (true)" if has_check else ""
        if policy in ("seen", "sweep") or (policy, check) == ("seen_by_role", ""):
            check = ""
        with scratch.changed(f"alter policy {policy} on {table}{using}{check}"):
            if not scratch.probe(table):
                survivors.append(f"{table}.{policy}")
    # The sweep's policy is for the owner of the function alone: what it lets through, only the function sees.
    assert survivors == ["outbox.sweep"]


@pytest.mark.parametrize("how", ("disable row level security", "no force row level security"))
def test_every_wall_is_missed_when_it_is_down(scratch: Scratch, how: str) -> None:
    survivors = []
    for table in walled_tables(scratch.connection):
        with scratch.changed(f"alter table {table} {how}"):
            if not any(fault.startswith(f"{table}:") for fault in catalog_faults(scratch.connection)):
                survivors.append(table)
    assert survivors == []


def test_every_composite_key_is_missed_when_it_is_single(scratch: Scratch) -> None:
    """A foreign key of one column accepts a parent in another workspace, row-level security or not."""
    keys = scratch.connection.execute(
        "select conrelid::regclass::text, conname from pg_constraint where contype = 'f'"
        " and array_length(conkey, 1) = 2 and connamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(keys) > 25
    for table, name in keys:
        assert not _accepts_a_foreign_parent(scratch, table, name)


def _accepts_a_foreign_parent(scratch: Scratch, table: str, name: str) -> bool:
    """Whether a row here may point at a parent elsewhere."""
    columns = scratch.connection.execute(
        "select array(select attname::text from unnest(conkey) k join pg_attribute a on a.attrelid = conrelid and"
        " a.attnum = k where attname <> 'workspace_id'), confrelid::regclass::text from pg_constraint"
        " where conname = %s",
        [name],
    ).fetchone()
    column, parent = columns[0][0], columns[1]
    value = FOREIGN.person if column in ("user_id", "owner_id") else FOREIGN.id_in(parent)
    query = sql.SQL("update {} set {} = %s where workspace_id = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    try:
        with scratch.connection.transaction(force_rollback=True):
            scratch.connection.execute("set constraints all immediate")
            scratch.connection.execute(query, [value, MINE.workspace_id])
    except (psycopg.errors.ForeignKeyViolation, psycopg.errors.UniqueViolation):
        return False
    return True
