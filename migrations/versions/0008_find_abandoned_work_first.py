"""Find abandoned work first

Work whose worker died is asked for by itself: among thousands that are due it would wait until these are done.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_leased", "outbox", ["lease_until"], postgresql_where=sa.text("state = 'leased'"))
    op.execute(
        """
        create function abandoned_outbox(at_most integer) returns table (workspace_id uuid, id uuid)
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform set_config('app.sweep', 'on', true);
            return query select o.workspace_id, o.id from outbox o
             where o.state = 'leased' and o.lease_until < clock_timestamp()
             order by o.lease_until limit least(at_most, 5000);
            perform set_config('app.sweep', '', true);
        end $$
        """
    )
    op.execute("revoke all on function abandoned_outbox(integer) from public")
    role = context.get_context().opts.get("app_role")
    if role and role != op.get_bind().scalar(sa.text("select current_user")):
        op.execute(f'grant execute on function abandoned_outbox(integer) to "{role}"')


def downgrade() -> None:
    op.execute("drop function abandoned_outbox(integer)")
    op.drop_index("ix_outbox_leased", table_name="outbox")
