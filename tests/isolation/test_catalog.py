"""The walls as PostgreSQL's catalogue shows them, over every table there is."""

import pytest

from tests.isolation.catalog import OUTSIDE_THE_WALL, catalog_faults
from tests.isolation.scratch import Scratch


def test_every_table_is_walled_or_written_down(scratch: Scratch) -> None:
    assert catalog_faults(scratch.connection) == []


def test_the_list_of_exceptions_holds_no_table_of_a_workspace(scratch: Scratch) -> None:
    rows = scratch.connection.execute(
        "select table_name from information_schema.columns where column_name like %s and table_schema = 'public'",
        ["%\\_sealed"],
    )
    assert {table for (table,) in rows} & set(OUTSIDE_THE_WALL) == set()


BREACHES = {
    "a table that nobody walled": (
        "create table loose (workspace_id uuid not null, id uuid, primary key (workspace_id, id))", "loose"),
    "a table without a workspace": ("create table loose (id uuid primary key)", "loose"),
    "a unique key over everybody": ("alter table leads add unique (number)", "leads"),
    "a foreign key that reaches through the wall": (
        "alter table contacts add constraint c unique (id);"
        " alter table leads add constraint f foreign key (contact_id) references contacts (id)", "leads"),
    "a view with its owner's rights": ("create view all_leads as select * from leads", "all_leads"),
    "a materialized view": ("create materialized view all_leads as select * from leads", "all_leads"),
    "a function with its owner's rights": (
        "create function peek() returns bigint language sql security definer as 'select count(*) from leads'", "peek"),
    "a definer open to everybody": ("grant execute on function due_outbox(integer) to public", "due_outbox"),
    "a role that goes past the walls": ("alter role sill_app bypassrls", "sill_app"),
    "a role that owns": ("alter table leads owner to sill_app", "sill_app"),
    "a role in another role": ("grant sill_owner to sill_app", "sill_app"),
    "a right to truncate": ("grant truncate on leads to sill_app", "leads"),
    "a rewritten history of migrations": ("grant update on alembic_version to sill_app", "alembic_version"),
    "money with decimals": ("alter table leads add column price numeric", "leads.price"),
    "a setting read once a row": (
        "drop policy tenant on leads; create policy tenant on leads using"
        " (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)", "leads"),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found(scratch: Scratch, breach: str) -> None:
    statements, where = BREACHES[breach]
    with scratch.changed(statements):
        faults = catalog_faults(scratch.connection)
    assert any(where in fault for fault in faults), faults
