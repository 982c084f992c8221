"""Add exports of leads, and the line of the bell that tells of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "lead_exports"
WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"

NOTIFICATION_KINDS = (
    "mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned", "quote_answered", "quote_question",
    "quote_expiring", "quote_expired", "slot_taken", "details_changed", "reply", "reply_unclear", "arrival_waiting",
    "overdue", "untouched", "ready_to_hand_over", "bounced", "provider_failed", "missed_call", "transfer_stopped",
    "squeegee_silent", "booking_differs", "discrepancies", "import_done",
)  # fmt: skip
NEW_KIND = "export_done"


def upgrade() -> None:
    _table()
    _wall()
    _kinds((*NOTIFICATION_KINDS, NEW_KIND))


def downgrade() -> None:
    op.execute("alter table notifications no force row level security")
    op.execute(f"delete from notifications where kind = '{NEW_KIND}'")
    op.execute("alter table notifications force row level security")
    _kinds(NOTIFICATION_KINDS)
    # Nobody would know what to do with its work any more. The files are swept up: no row speaks of them.
    op.execute("alter table outbox no force row level security")
    op.execute("delete from outbox where kind in ('export.work', 'export.forget')")
    op.execute("alter table outbox force row level security")
    op.drop_table(TABLE)


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notifications_kind"), "notifications")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_notifications_kind"), "notifications", f"kind in ({listed})")


def _wall() -> None:
    """Only those see it who see every lead."""
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(
        f"create policy tenant on {TABLE} using (workspace_id = {WORKSPACE}) with check (workspace_id = {WORKSPACE})"
    )
    op.execute(f"create policy inserts on {TABLE} as restrictive for insert with check ({WRITES})")
    op.execute(f"create policy updates on {TABLE} as restrictive for update using ({WRITES})")
    op.execute(f"create policy deletes on {TABLE} as restrictive for delete using ({WRITES})")
    op.execute(f"create policy seen_by_role on {TABLE} as restrictive using ({SEES_ALL}) with check (true)")


def _table() -> None:
    op.create_table(
        TABLE,
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("narrowed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ordered", sa.Text(), nullable=False),
        sa.Column("lead_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("written", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pieces", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("format in ('csv', 'xlsx')", name=op.f("ck_lead_exports_format")),
        sa.CheckConstraint("state in ('running', 'done', 'failed', 'removed')", name=op.f("ck_lead_exports_state")),
        sa.CheckConstraint("total between 1 and 100000", name=op.f("ck_lead_exports_total")),
        sa.CheckConstraint("done between 0 and total", name=op.f("ck_lead_exports_done")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "created_by"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_lead_exports_workspace_id_created_by"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_lead_exports")),
    )
    op.create_index("ix_lead_exports_created_by", TABLE, ["workspace_id", "created_by"], unique=False)
    op.create_index("ix_lead_exports_newest", TABLE, ["workspace_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_lead_exports_under_way",
        TABLE,
        ["workspace_id", "created_by"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
