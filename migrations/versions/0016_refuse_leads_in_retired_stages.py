"""Refuse leads in retired stages

Whoever moves a lead knows the stages from memory. A stage that was retired meanwhile took the lead in all the same, and
no board showed it. The lock is the foreign key's own: it waits for a retirement under way, and a retirement for a move.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create function refuse_retired_stage() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and old.stage_id = new.stage_id then
                return null;
            end if;
            perform from stages
             where workspace_id = new.workspace_id and id = new.stage_id and retired_at is null
               for key share;
            if not found and exists (
                select from stages
                 where workspace_id = new.workspace_id and id = new.stage_id and retired_at is not null
            ) then
                raise check_violation using message = 'the stage is retired', constraint = 'leads_stage_in_use';
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger refuse_retired_stage after insert or update of stage_id on leads"
        " for each row execute function refuse_retired_stage()"
    )


def downgrade() -> None:
    op.execute("drop trigger refuse_retired_stage on leads")
    op.execute("drop function refuse_retired_stage()")
