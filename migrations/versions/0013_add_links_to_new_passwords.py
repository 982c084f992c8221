"""Add the links by which people choose a new password

Outside the wall like the accounts that they belong to: one person may be in several workspaces, or in none.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "password_resets"
#: The outbox's work for accounts names this in place of a workspace.
INSTALLATION = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(op.f("ix_password_resets_user_id"), TABLE, ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
    # Nobody would know what to do with its work any more.
    op.execute("alter table outbox no force row level security")
    op.execute(f"delete from outbox where workspace_id = '{INSTALLATION}'")
    op.execute("alter table outbox force row level security")
