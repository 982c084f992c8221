"""Add what the public side needs: price book, rounds, form versions, photo links, slots

Quotes keep the version of the price book they were taken from, and how each price came about.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Tables that every member of the workspace sees alike.
PLAIN = ("price_books", "rounds", "closures", "logos", "lead_form_versions", "used_challenges")
#: Tables that are seen as far as their parent is: table -> (column, parent).
SEEN_WITH = {
    "photo_requests": ("lead_id", "leads"),
    "slot_offers": ("lead_id", "leads"),
    "submission_photos": ("submission_id", "form_submissions"),
}
#: Tables that processes keep in memory until the workspace's row says that one of them has changed.
CATALOGUE = ("price_books", "rounds", "closures")

WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"

KEY_KINDS = ("slug", "form", "quote", "invitation", "webhook")
NOTIFICATION_KINDS = ("mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned")
NEW_NOTIFICATION_KINDS = (
    "quote_answered", "quote_question", "quote_expiring", "quote_expired", "slot_taken", "details_changed",
)  # fmt: skip


CHECKS = (
    ("quote_lines", "quantity", "quantity between 1 and 999"),
    ("quote_options", "first_minor", "first_minor > 0"),
    ("quotes", "discount_kind", "discount_kind in ('amount', 'percent')"),
    ("quotes", "discount_value", "discount_value > 0"),
    ("quotes", "vat_mode", "vat_mode in ('none', 'included', 'added')"),
    ("workspaces", "quote_reminder_days", "quote_reminder_days between 0 and 60"),
)


def upgrade() -> None:
    _tables()
    _columns()
    _move_first_cleans()
    for table in (*PLAIN, *SEEN_WITH):
        _wall(table)
    for table, (column, parent) in SEEN_WITH.items():
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL} or exists (select 1 from {parent}"
            f" where {parent}.workspace_id = {table}.workspace_id and {parent}.id = {table}.{column}))"
            " with check (true)"
        )
    for table in CATALOGUE:
        op.execute(
            f"create trigger count_change after insert or update or delete on {table}"
            " for each row execute function count_catalogue_change()"
        )
    _one_of("access_keys", "kind", (*KEY_KINDS, "photos"))
    _one_of("notifications", "kind", (*NOTIFICATION_KINDS, *NEW_NOTIFICATION_KINDS))


def downgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in NEW_NOTIFICATION_KINDS)
    with _seen_whole("notifications"):
        op.execute(f"delete from notifications where kind in ({listed})")
    op.execute("delete from access_keys where kind = 'photos'")
    _one_of("notifications", "kind", NOTIFICATION_KINDS)
    _one_of("access_keys", "kind", KEY_KINDS)
    op.drop_constraint(op.f("fk_quotes_workspace_id_price_book_id"), "quotes", type_="foreignkey")
    op.drop_index("ix_quotes_price_book_id", table_name="quotes")
    op.drop_index("ix_appointments_starts_at", table_name="appointments")
    op.drop_index("ix_form_submissions_suspicion", table_name="form_submissions")
    op.drop_index("ix_form_submissions_text_key", table_name="form_submissions")
    op.drop_index("ix_quotes_answered_at", table_name="quotes")
    _move_first_cleans_back()
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for table, column in _new_columns():
        op.drop_column(table, column.name)
    for table in (*SEEN_WITH, *PLAIN):
        op.drop_table(table)


def _new_columns() -> tuple[tuple[str, sa.Column], ...]:
    return (
        ("form_submissions", sa.Column("form_version_no", sa.Integer())),
        ("form_submissions", sa.Column("text_key", sa.LargeBinary())),
        ("lead_forms", sa.Column("content", postgresql.JSONB(), nullable=False, server_default="{}")),
        ("lead_forms", sa.Column("version_no", sa.Integer(), nullable=False, server_default="1")),
        ("leads", sa.Column("answers_sealed", sa.LargeBinary())),
        ("leads", sa.Column("preferred_time", sa.Text())),
        ("properties", sa.Column("access_facts", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")),
        ("quote_lines", sa.Column("each_minor", sa.BigInteger())),
        ("quote_lines", sa.Column("quantity", sa.SmallInteger(), nullable=False, server_default="1")),
        ("quote_options", sa.Column("first_minor", sa.BigInteger())),
        ("quote_options", sa.Column("first_written_minor", sa.BigInteger())),
        ("quote_options", sa.Column("written_minor", sa.BigInteger())),
        ("quote_options", sa.Column("workings", postgresql.JSONB(), nullable=False, server_default="[]")),
        ("quotes", sa.Column("price_book_id", sa.Uuid())),
        ("quotes", sa.Column("discount_kind", sa.Text())),
        ("quotes", sa.Column("discount_value", sa.BigInteger())),
        ("quotes", sa.Column("discount_words", sa.Text(), nullable=False, server_default="")),
        ("quotes", sa.Column("vat_mode", sa.Text(), nullable=False, server_default="none")),
        ("quotes", sa.Column("vat_basis_points", sa.Integer(), nullable=False, server_default="0")),
        ("quotes", sa.Column("terms_version_no", sa.Integer())),
        ("quotes", sa.Column("revoked_at", sa.DateTime(timezone=True))),
        ("quotes", sa.Column("reminded_at", sa.DateTime(timezone=True))),
        ("workspaces", sa.Column("quote_terms_version_no", sa.Integer(), nullable=False, server_default="1")),
        ("workspaces", sa.Column("quote_reminder_days", sa.SmallInteger(), nullable=False, server_default="3")),
        ("workspaces", sa.Column("vat_number", sa.Text(), nullable=False, server_default="")),
    )


def _columns() -> None:
    """Rows that exist get the values that leave everything as it was; from then on the program gives them."""
    for table, column in _new_columns():
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.create_index("ix_quotes_price_book_id", "quotes", ["workspace_id", "price_book_id"])
    op.create_index(
        "ix_form_submissions_text_key", "form_submissions", ["workspace_id", "text_key"],
        postgresql_where=sa.text("text_key is not null"),
    )  # fmt: skip
    op.create_index(
        "ix_form_submissions_suspicion", "form_submissions", ["workspace_id", "suspicion", "created_at"],
        postgresql_where=sa.text("state = 'quarantined'"),
    )  # fmt: skip
    op.create_index("ix_appointments_starts_at", "appointments", ["workspace_id", "starts_at"])
    op.create_index("ix_quotes_answered_at", "quotes", ["workspace_id", "state", "answered_at"])
    op.create_foreign_key(
        op.f("fk_quotes_workspace_id_price_book_id"), "quotes", "price_books",
        ["workspace_id", "price_book_id"], ["workspace_id", "id"],
    )  # fmt: skip


def _move_first_cleans() -> None:
    """The first clean stood once in a quote; each rhythm has its own now, a single visit none."""
    with _seen_whole("quotes", "quote_options"):
        op.execute(
            "update quote_options o set first_minor = q.first_clean_minor from quotes q where q.workspace_id ="
            " o.workspace_id and q.id = o.quote_id and o.frequency <> 'one_off' and q.first_clean_minor > 0"
        )
    op.drop_column("quotes", "first_clean_minor")


def _move_first_cleans_back() -> None:
    op.add_column("quotes", sa.Column("first_clean_minor", sa.BigInteger()))
    with _seen_whole("quotes", "quote_options"):
        op.execute(
            "update quotes q set first_clean_minor = (select max(o.first_minor) from quote_options o"
            " where o.workspace_id = q.workspace_id and o.quote_id = q.id)"
        )


@contextmanager
def _seen_whole(*tables: str) -> Iterator[None]:
    """Let the tables' owner reach the rows of every workspace meanwhile; the walls stand for everyone else."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")


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
        "closures",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_closures_ends_on")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_closures_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_closures")),
    )
    op.create_index("ix_closures_ends_on", "closures", ["workspace_id", "ends_on"], unique=False)
    op.create_table(
        "logos",
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_logos_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_logos")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_logos_workspace_id")),
    )
    op.create_table(
        "price_books",
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_price_books_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_price_books")),
        sa.UniqueConstraint("workspace_id", "version_no", name=op.f("uq_price_books_workspace_id_version_no")),
    )
    op.create_index(
        "ix_price_books_valid_from", "price_books", ["workspace_id", "valid_from", "version_no"], unique=False
    )
    op.create_table(
        "rounds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("every_weeks", sa.SmallInteger(), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("capacity between 1 and 200", name=op.f("ck_rounds_capacity")),
        sa.CheckConstraint("every_weeks between 1 and 52", name=op.f("ck_rounds_every_weeks")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_rounds_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_rounds_workspace_id_name")),
    )
    op.create_table(
        "lead_form_versions",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("consent_wording", sa.Text(), nullable=False),
        sa.Column("thank_you", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "form_id"],
            ["lead_forms.workspace_id", "lead_forms.id"],
            name=op.f("fk_lead_form_versions_workspace_id_form_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_lead_form_versions")),
        sa.UniqueConstraint(
            "workspace_id", "form_id", "version_no", name=op.f("uq_lead_form_versions_workspace_id_form_id_version_no")
        ),
    )
    op.create_table(
        "used_challenges",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_key", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "form_id"],
            ["lead_forms.workspace_id", "lead_forms.id"],
            name=op.f("fk_used_challenges_workspace_id_form_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "form_id", "challenge_key", name=op.f("pk_used_challenges")),
    )
    op.create_index("ix_used_challenges_expires_at", "used_challenges", ["workspace_id", "expires_at"], unique=False)
    op.create_table(
        "photo_requests",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("link_secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_photo_requests_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_photo_requests")),
    )
    op.create_index(
        "ix_photo_requests_lead_id", "photo_requests", ["workspace_id", "lead_id", "created_at"], unique=False
    )
    op.create_table(
        "slot_offers",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('offered', 'taken', 'withdrawn')", name=op.f("ck_slot_offers_state")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_slot_offers_ends_at")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "appointment_id"],
            ["appointments.workspace_id", "appointments.id"],
            name=op.f("fk_slot_offers_workspace_id_appointment_id"),
            ondelete="SET NULL (appointment_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_slot_offers_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_slot_offers_workspace_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_slot_offers")),
    )
    op.create_index("ix_slot_offers_appointment_id", "slot_offers", ["workspace_id", "appointment_id"], unique=False)
    op.create_index("ix_slot_offers_lead_id", "slot_offers", ["workspace_id", "lead_id", "starts_at"], unique=False)
    op.create_index("ix_slot_offers_starts_at", "slot_offers", ["workspace_id", "starts_at"], unique=False)
    op.create_index("ix_slot_offers_user_id", "slot_offers", ["workspace_id", "user_id", "starts_at"], unique=False)
    op.create_table(
        "submission_photos",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "submission_id"],
            ["form_submissions.workspace_id", "form_submissions.id"],
            name=op.f("fk_submission_photos_workspace_id_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_submission_photos")),
    )
    op.create_index(
        "ix_submission_photos_submission_id", "submission_photos", ["workspace_id", "submission_id"], unique=False
    )
