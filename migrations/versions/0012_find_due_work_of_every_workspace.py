"""Find due work of every workspace

The oldest work of all was found first, so that a workspace with thousands of pieces due hid everybody else's. Each now
has its share of what a sweep takes, and the larger ones share what the smaller leave over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNDONE = "state in ('ready', 'leased')"
#: What is due of one workspace is read by the index, in its order, and no further than it is wanted. The planner can't
#: know how much is behind the walls: left alone it would read and sort all of a workspace's backlog.
BY_THE_INDEX = "set enable_bitmapscan = off set enable_seqscan = off"
DUE = f"""
                      from outbox o
                     where o.workspace_id = place.id and o.{UNDONE} and o.run_at <= moment
                       and (o.state = 'ready' or o.lease_until < moment)"""


def upgrade() -> None:
    _index("workspace_id", "run_at")
    op.execute(
        f"""
        create or replace function due_outbox(at_most integer) returns table (workspace_id uuid, id uuid)
        language plpgsql security definer set search_path = public, pg_temp {BY_THE_INDEX} as $$
        declare
            moment constant timestamptz := clock_timestamp();
            most constant bigint := least(at_most, 5000);
            places uuid[];
            share bigint;
        begin
            perform set_config('app.sweep', 'on', true);
            -- From each workspace that has work to the next by the index, not row by row.
            with recursive place (id) as (
                (select o.workspace_id from outbox o where o.{UNDONE} order by o.workspace_id limit 1)
                union all
                select (select o.workspace_id from outbox o where o.{UNDONE} and o.workspace_id > place.id
                         order by o.workspace_id limit 1)
                  from place where place.id is not null
            ) select array_agg(place.id) into places from place where exists (
                    select {DUE});
            share := greatest(most / greatest(cardinality(places), 1), 1);
            select greatest(share, (most - coalesce(sum(items) filter (where items <= share), 0))
                                   / greatest(count(*) filter (where items > share), 1)) into share
              from unnest(places) as place (id) cross join lateral (
                  select count(*) as items from (
                    select {DUE}
                     order by o.run_at limit share + 1) as few) as counted;
            return query select due.workspace_id, due.id
              from unnest(places) as place (id) cross join lateral (
                    select o.workspace_id, o.id, o.run_at {DUE}
                     order by o.run_at limit share) as due
             order by due.run_at limit most;
            perform set_config('app.sweep', '', true);
        end $$
        """
    )


def downgrade() -> None:
    op.execute(
        f"""
        create or replace function due_outbox(at_most integer) returns table (workspace_id uuid, id uuid)
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform set_config('app.sweep', 'on', true);
            return query select o.workspace_id, o.id from outbox o
             where o.{UNDONE} and o.run_at <= clock_timestamp()
               and (o.state = 'ready' or o.lease_until < clock_timestamp())
             order by o.run_at limit least(at_most, 5000);
            perform set_config('app.sweep', '', true);
        end $$
        """
    )
    _index("run_at")


def _index(*columns: str) -> None:
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index("ix_outbox_due", "outbox", list(columns), postgresql_where=sa.text(UNDONE))
