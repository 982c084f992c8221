"""Add what handing over to Squeegee and bringing leads in need

Mapping, circuit breaker, batches, news of bookings; Squeegee's exports and where they differ; imports of leads.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Tables that every member of the workspace sees alike.
PLAIN = ("squeegee_circuits", "squeegee_exports", "squeegee_customers", "transfer_batches")
#: Tables that only those see who see every lead.
SEEN_BY_ALL_SEEING = ("imports", "import_rows")
#: Tables that are seen as far as their lead is; what is about no lead is seen by those who see every lead.
SEEN_WITH_LEAD = ("booking_news", "discrepancies")

WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"

NOTIFICATION_KINDS = (
    "mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned", "quote_answered", "quote_question",
    "quote_expiring", "quote_expired", "slot_taken", "details_changed", "reply", "reply_unclear", "arrival_waiting",
    "overdue", "untouched", "ready_to_hand_over", "bounced", "provider_failed", "missed_call",
)  # fmt: skip
NEW_NOTIFICATION_KINDS = ("transfer_stopped", "squeegee_silent", "booking_differs", "discrepancies", "import_done")
CALL_STEPS = ("customer", "job", "quote")
NEW_CALL_STEPS = ("find_customer", "find_job")


def upgrade() -> None:
    _tables()
    _columns()
    for table in (*PLAIN, *SEEN_BY_ALL_SEEING, *SEEN_WITH_LEAD):
        _wall(table)
    for table in SEEN_BY_ALL_SEEING:
        op.execute(f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL}) with check (true)")
    for table in SEEN_WITH_LEAD:
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL} or exists (select 1 from leads"
            f" where leads.workspace_id = {table}.workspace_id and leads.id = {table}.lead_id)) with check (true)"
        )
    _one_of("notifications", "kind", (*NOTIFICATION_KINDS, *NEW_NOTIFICATION_KINDS))
    _one_of("transfer_calls", "step", (*CALL_STEPS, *NEW_CALL_STEPS))


def downgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in NEW_NOTIFICATION_KINDS)
    op.execute("alter table notifications no force row level security")
    op.execute(f"delete from notifications where kind in ({listed})")
    op.execute("alter table notifications force row level security")
    _one_of("notifications", "kind", NOTIFICATION_KINDS)
    listed = ", ".join(f"'{step}'" for step in NEW_CALL_STEPS)
    op.execute("alter table transfer_calls no force row level security")
    op.execute(f"delete from transfer_calls where step in ({listed})")
    op.execute("alter table transfer_calls force row level security")
    _one_of("transfer_calls", "step", CALL_STEPS)
    op.drop_index("ix_leads_squeegee_customer_id", table_name="leads")
    op.drop_constraint(op.f("fk_transfers_workspace_id_batch_id"), "transfers", type_="foreignkey")
    for name in ("batch_id", "created_by", "method", "state"):
        op.drop_index(f"ix_transfers_{name}", table_name="transfers")
    for table, column in _new_columns():
        op.drop_column(table, column.name)
    for table in (
        "discrepancies", "squeegee_customers", "squeegee_exports", "booking_news", "transfer_batches",
        "squeegee_circuits", "import_rows", "imports",
    ):  # fmt: skip
        op.drop_table(table)


def _new_columns() -> tuple[tuple[str, sa.Column], ...]:
    json = postgresql.JSONB(astext_type=sa.Text())
    return (
        ("squeegee_accounts", sa.Column("frequencies", json, nullable=False, server_default="{}")),
        ("squeegee_accounts", sa.Column("tags", postgresql.ARRAY(sa.Text()))),
        ("squeegee_accounts", sa.Column("notes_template", sa.Text(), nullable=False, server_default="")),
        ("squeegee_accounts", sa.Column("rounds", json, nullable=False, server_default="[]")),
        ("squeegee_accounts", sa.Column("file_columns", json, nullable=False, server_default="[]")),
        ("squeegee_accounts", sa.Column("wire", json, nullable=False, server_default="{}")),
        ("squeegee_accounts", sa.Column("sends_quotes", sa.Boolean(), nullable=False, server_default="false")),
        ("squeegee_accounts", sa.Column("tested_at", sa.DateTime(timezone=True))),
        ("squeegee_accounts", sa.Column("test_outcome", sa.Text())),
        ("transfer_calls", sa.Column("rung", sa.Text())),
        ("transfers", sa.Column("quote_ids", json, nullable=False, server_default="{}")),
        ("transfers", sa.Column("batch_id", sa.Uuid())),
        ("transfers", sa.Column("batch_position", sa.Integer())),
        ("transfers", sa.Column("handed_sealed", sa.LargeBinary())),
        ("transfers", sa.Column("remark_sealed", sa.LargeBinary())),
        ("transfers", sa.Column("settled_by", sa.Uuid())),
    )


def _columns() -> None:
    """Rows that exist get the values that leave everything as it was; from then on the program gives them."""
    for table, column in _new_columns():
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)
    op.create_index("ix_transfers_state", "transfers", ["workspace_id", "state", "created_at", "id"])
    op.create_index("ix_transfers_method", "transfers", ["workspace_id", "method", "created_at", "id"])
    op.create_index("ix_transfers_created_by", "transfers", ["workspace_id", "created_by", "created_at", "id"])
    op.create_index(
        "ix_leads_squeegee_customer_id", "leads", ["workspace_id", "squeegee_customer_id"],
        postgresql_where=sa.text("squeegee_customer_id is not null"),
    )  # fmt: skip
    op.create_index("ix_transfers_batch_id", "transfers", ["workspace_id", "batch_id", "batch_position"])
    op.create_foreign_key(
        op.f("fk_transfers_workspace_id_batch_id"), "transfers", "transfer_batches", ["workspace_id", "batch_id"],
        ["workspace_id", "id"],
    )  # fmt: skip


def _one_of(table: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} in ({listed})")


def _wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} using (workspace_id = {WORKSPACE}) with check (workspace_id = {WORKSPACE})"
    )
    op.execute(f"create policy inserts on {table} as restrictive for insert with check ({WRITES})")
    op.execute(f"create policy updates on {table} as restrictive for update using ({WRITES})")
    op.execute(f"create policy deletes on {table} as restrictive for delete using ({WRITES})")


def _tables() -> None:
    op.create_table(
        "squeegee_circuits",
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_squeegee_circuits_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_squeegee_circuits")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_squeegee_circuits_workspace_id")),
    )
    op.create_table(
        "squeegee_exports",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'reading', 'comparing', 'done', 'failed')", name=op.f("ck_squeegee_exports_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_squeegee_exports_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_squeegee_exports")),
    )
    op.create_index(
        "ix_squeegee_exports_newest", "squeegee_exports", ["workspace_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "transfer_batches",
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("format in ('csv', 'xlsx')", name=op.f("ck_transfer_batches_format")),
        sa.CheckConstraint("state in ('open', 'done', 'cancelled')", name=op.f("ck_transfer_batches_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_transfer_batches_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_transfer_batches")),
    )
    op.create_index(
        "ix_transfer_batches_newest", "transfer_batches", ["workspace_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "imports",
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("header", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("layout in ('notion', 'squeegee', 'plain')", name=op.f("ck_imports_layout")),
        sa.CheckConstraint(
            "state in ('uploaded', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'cancelled',"
            " 'failed')",
            name=op.f("ck_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "created_by"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_imports_workspace_id_created_by"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_created_by", "imports", ["workspace_id", "created_by"], unique=False)
    op.create_index("ix_imports_newest", "imports", ["workspace_id", "created_at", "id"], unique=False)
    op.create_table(
        "squeegee_customers",
        sa.Column("identity_key", sa.LargeBinary(), nullable=False),
        sa.Column("ref_key", sa.LargeBinary(), nullable=True),
        sa.Column("place_key", sa.LargeBinary(), nullable=True),
        sa.Column("phone_key", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_key", sa.LargeBinary(), nullable=True),
        sa.Column("ref_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=True),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["squeegee_exports.workspace_id", "squeegee_exports.id"],
            name=op.f("fk_squeegee_customers_workspace_id_export_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_squeegee_customers")),
        sa.UniqueConstraint(
            "workspace_id", "identity_key", name=op.f("uq_squeegee_customers_workspace_id_identity_key")
        ),
    )
    op.create_index(
        "ix_squeegee_customers_export_id", "squeegee_customers", ["workspace_id", "export_id"], unique=False
    )
    op.create_index("ix_squeegee_customers_lead_id", "squeegee_customers", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_squeegee_customers_mobile_key", "squeegee_customers", ["workspace_id", "mobile_key"], unique=False
    )
    op.create_index(
        "ix_squeegee_customers_phone_key", "squeegee_customers", ["workspace_id", "phone_key"], unique=False
    )
    op.create_index(
        "ix_squeegee_customers_place_key", "squeegee_customers", ["workspace_id", "place_key"], unique=False
    )
    op.create_index("ix_squeegee_customers_ref_key", "squeegee_customers", ["workspace_id", "ref_key"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("property_id", sa.Uuid(), nullable=True),
        sa.Column("made_contact", sa.Boolean(), nullable=False),
        sa.Column("made_property", sa.Boolean(), nullable=False),
        sa.Column("row_key", sa.LargeBinary(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('created', 'joined', 'skipped', 'failed', 'undone', 'kept')",
            name=op.f("ck_import_rows_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "import_id"],
            ["imports.workspace_id", "imports.id"],
            name=op.f("fk_import_rows_workspace_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint(
            "workspace_id", "import_id", "position", name=op.f("uq_import_rows_workspace_id_import_id_position")
        ),
    )
    op.create_index(
        "ix_import_rows_finding", "import_rows", ["workspace_id", "import_id", "finding", "position"], unique=False
    )
    op.create_index("ix_import_rows_lead_id", "import_rows", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_import_rows_outcome", "import_rows", ["workspace_id", "import_id", "outcome", "position"], unique=False
    )
    op.create_index("ix_import_rows_row_key", "import_rows", ["workspace_id", "row_key"], unique=False)
    op.create_table(
        "booking_news",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("news_key", sa.Text(), nullable=False),
        sa.Column("first_service_date", sa.Date(), nullable=False),
        sa.Column("date_before", sa.Date(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source in ('webhook', 'file')", name=op.f("ck_booking_news_source")),
        sa.CheckConstraint(
            "state in ('applied', 'same', 'differs', 'taken', 'dismissed')", name=op.f("ck_booking_news_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_booking_news_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_booking_news")),
        sa.UniqueConstraint("workspace_id", "news_key", name=op.f("uq_booking_news_workspace_id_news_key")),
    )
    op.create_index("ix_booking_news_lead_id", "booking_news", ["workspace_id", "lead_id", "created_at"], unique=False)
    op.create_index(
        "ix_booking_news_open",
        "booking_news",
        ["workspace_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'differs'"),
    )
    op.create_table(
        "discrepancies",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('not_there', 'still_chased', 'duplicate', 'gone', 'perhaps')", name=op.f("ck_discrepancies_kind")
        ),
        sa.CheckConstraint("state in ('open', 'mended', 'dismissed', 'settled')", name=op.f("ck_discrepancies_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["squeegee_customers.workspace_id", "squeegee_customers.id"],
            name=op.f("fk_discrepancies_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_discrepancies_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_discrepancies")),
        sa.UniqueConstraint("workspace_id", "subject_key", name=op.f("uq_discrepancies_workspace_id_subject_key")),
    )
    op.create_index("ix_discrepancies_customer_id", "discrepancies", ["workspace_id", "customer_id"], unique=False)
    op.create_index("ix_discrepancies_lead_id", "discrepancies", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_discrepancies_open",
        "discrepancies",
        ["workspace_id", "kind", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_discrepancies_state", "discrepancies", ["workspace_id", "state", "created_at", "id"], unique=False
    )
