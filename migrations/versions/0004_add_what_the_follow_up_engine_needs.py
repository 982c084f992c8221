"""Add what the follow-up engine needs: sequences, conversations, arrivals, providers, versions of templates

A message belongs to a contact as well as to a lead, so that a conversation goes on over several leads.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Tables that every member of the workspace sees alike.
PLAIN = ("sequences", "sequence_versions", "message_template_versions", "message_providers", "arrivals", "alerts")
#: Tables that are seen as far as their parent is: table -> (column, parent).
SEEN_WITH = {"enrolments": ("lead_id", "leads"), "conversations": ("lead_id", "leads")}
#: Tables that processes keep in memory until the workspace's row says that one of them has changed.
CATALOGUE = ("sequences",)

WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"

KEY_KINDS = ("slug", "form", "quote", "invitation", "webhook", "photos")
ACTS = ("email", "sms", "call", "task")
NEW_ACTS = ("stage", "wait", "branch")
BULK_KINDS = ("assign", "move", "tag", "untag", "priority", "archive", "bin", "restore")
NEW_BULK_KINDS = ("enrol", "pause_chase", "resume_chase", "stop_chase", "message")
NOTIFICATION_KINDS = (
    "mention", "assigned", "high_value", "bulk_done", "file_added", "lead_returned", "quote_answered", "quote_question",
    "quote_expiring", "quote_expired", "slot_taken", "details_changed",
)  # fmt: skip
NEW_NOTIFICATION_KINDS = (
    "reply", "reply_unclear", "arrival_waiting", "overdue", "untouched", "ready_to_hand_over", "bounced",
    "provider_failed", "missed_call",
)  # fmt: skip

CHECKS = (
    ("messages", "triage", "triage in ('yes', 'yes_but', 'no', 'question', 'unclear', 'automatic')"),
    ("workspaces", "sms_closes", "sms_closes > sms_opens"),
    ("workspaces", "message_gap_hours", "message_gap_hours between 0 and 720"),
    ("workspaces", "sms_part_price", "sms_part_price between 0 and 100000"),
    ("workspaces", "untouched_days", "untouched_days between 0 and 365"),
    ("workspaces", "escalate_days", "escalate_days between 0 and 365"),
)


def upgrade() -> None:
    _tables()
    _columns()
    _index_messages("workspace_id", "state", "channel", "created_at", "id")
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
    # How far an inbox has been read changes every minute, and nobody keeps that in memory.
    op.execute(
        "create trigger count_change after insert or delete or update of kind, settings_sealed, is_active"
        " on message_providers for each row execute function count_catalogue_change()"
    )
    with _seen_whole("messages", "leads"):
        op.execute(
            "update messages m set contact_id = l.contact_id from leads l"
            " where l.workspace_id = m.workspace_id and l.id = m.lead_id"
        )
    _daily_work()
    _one_of("access_keys", "kind", (*KEY_KINDS, "inbound"))
    _one_of("notifications", "kind", (*NOTIFICATION_KINDS, *NEW_NOTIFICATION_KINDS))
    _one_of("follow_ups", "kind", (*ACTS, *NEW_ACTS))
    _one_of("bulk_acts", "kind", (*BULK_KINDS, *NEW_BULK_KINDS))


def _daily_work() -> None:
    """What each workspace does once a day is planned by whoever asks which of them have it not planned yet: ids only.

    The policy `sweep` of the outbox lets the owner of the function alone look over the walls while it runs.
    """
    op.create_index(
        "ix_access_keys_slug", "access_keys", ["workspace_id"], unique=False, postgresql_where=sa.text("kind = 'slug'")
    )
    op.execute(
        """
        create function workspaces_without(work_kind text, work_key text, at_most integer)
        returns table (workspace_id uuid)
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform set_config('app.sweep', 'on', true);
            return query select k.workspace_id from access_keys k
             where k.kind = 'slug' and not exists (
                 select 1 from outbox o
                  where o.workspace_id = k.workspace_id and o.kind = work_kind and o.dedupe_key = work_key)
             group by k.workspace_id limit least(at_most, 5000);
            perform set_config('app.sweep', '', true);
        end $$
        """
    )
    op.execute("revoke all on function workspaces_without(text, text, integer) from public")
    role = context.get_context().opts.get("app_role")
    if role and role != op.get_bind().scalar(sa.text("select current_user")):
        op.execute(f'grant execute on function workspaces_without(text, text, integer) to "{role}"')


def downgrade() -> None:
    op.execute("drop function workspaces_without(text, text, integer)")
    op.drop_index("ix_access_keys_slug", table_name="access_keys")
    _let_go("notifications", NEW_NOTIFICATION_KINDS)
    op.execute("delete from access_keys where kind = 'inbound'")
    _let_go("follow_ups", NEW_ACTS)
    _let_go("bulk_acts", NEW_BULK_KINDS)
    _one_of("bulk_acts", "kind", BULK_KINDS)
    _one_of("notifications", "kind", NOTIFICATION_KINDS)
    _one_of("access_keys", "kind", KEY_KINDS)
    _one_of("follow_ups", "kind", ACTS)
    op.drop_constraint(op.f("fk_follow_ups_workspace_id_enrolment_id"), "follow_ups", type_="foreignkey")
    op.drop_constraint(op.f("uq_follow_ups_workspace_id_enrolment_id_step_key"), "follow_ups")
    op.drop_constraint(op.f("fk_messages_workspace_id_contact_id"), "messages", type_="foreignkey")
    op.drop_index("ix_stage_changes_to_stage_id", table_name="stage_changes")
    op.drop_index("ix_follow_ups_message_id", table_name="follow_ups")
    op.drop_index("ix_follow_ups_sequence_id", table_name="follow_ups")
    op.drop_index("ix_messages_contact_id", table_name="messages")
    _index_messages("workspace_id", "state", "created_at", "id")
    op.drop_index("ix_messages_template_key", table_name="messages")
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for table, column in _new_columns():
        op.drop_column(table, column.name)
    for table in ("enrolments", "conversations", *PLAIN[1:], PLAIN[0]):
        op.drop_table(table)


def _let_go(table: str, kinds: tuple[str, ...]) -> None:
    """Delete rows of kinds that the version before does not know, in every workspace."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with _seen_whole(table):
        op.execute(f"delete from {table} where kind in ({listed})")


def _index_messages(*columns: str) -> None:
    """The order in which the outbox is read: by state, and since this version by channel too."""
    op.drop_index("ix_messages_state", table_name="messages")
    op.create_index("ix_messages_state", "messages", list(columns))


def _new_columns() -> tuple[tuple[str, sa.Column], ...]:
    return (
        ("follow_ups", sa.Column("enrolment_id", sa.Uuid())),
        ("follow_ups", sa.Column("sequence_id", sa.Uuid())),
        ("follow_ups", sa.Column("step_key", sa.Text())),
        ("leads", sa.Column("first_contact_minutes", sa.Integer())),
        ("memberships", sa.Column("gets_digest", sa.Boolean(), nullable=False, server_default="true")),
        ("memberships", sa.Column("digest_on", sa.Date())),
        ("memberships", sa.Column("digest_key", sa.LargeBinary())),
        ("message_templates", sa.Column("version_no", sa.Integer(), nullable=False, server_default="1")),
        ("message_templates", sa.Column("is_quick_reply", sa.Boolean(), nullable=False, server_default="false")),
        ("message_templates", sa.Column("archived_at", sa.DateTime(timezone=True))),
        ("messages", sa.Column("contact_id", sa.Uuid())),
        ("messages", sa.Column("template_version_no", sa.Integer())),
        ("messages", sa.Column("answers_id", sa.Uuid())),
        ("messages", sa.Column("mail_id_sealed", sa.LargeBinary())),
        ("messages", sa.Column("triage", sa.Text())),
        ("messages", sa.Column("triaged_by", sa.Uuid())),
        ("messages", sa.Column("delivered_at", sa.DateTime(timezone=True))),
        ("messages", sa.Column("opened_at", sa.DateTime(timezone=True))),
        ("messages", sa.Column("clicked_at", sa.DateTime(timezone=True))),
        ("suppressions", sa.Column("source", sa.Text(), nullable=False, server_default="")),
        ("suppressions", sa.Column("created_by", sa.Uuid())),
        (
            "workspaces",
            sa.Column("weekday_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}"),
        ),
        ("workspaces", sa.Column("sms_opens", sa.Time(), nullable=False, server_default="09:00")),
        ("workspaces", sa.Column("sms_closes", sa.Time(), nullable=False, server_default="19:00")),
        ("workspaces", sa.Column("message_gap_hours", sa.SmallInteger(), nullable=False, server_default="24")),
        ("workspaces", sa.Column("sms_part_price", sa.Integer(), nullable=False, server_default="400")),
        ("workspaces", sa.Column("tracks_opens", sa.Boolean(), nullable=False, server_default="false")),
        ("workspaces", sa.Column("texts_back_missed_calls", sa.Boolean(), nullable=False, server_default="false")),
        ("workspaces", sa.Column("untouched_days", sa.SmallInteger(), nullable=False, server_default="3")),
        ("workspaces", sa.Column("escalate_days", sa.SmallInteger(), nullable=False, server_default="1")),
        ("workspaces", sa.Column("digest_at", sa.Time(), nullable=False, server_default="08:00")),
    )


def _columns() -> None:
    """Rows that exist get the values that leave everything as it was; from then on the program gives them."""
    for table, column in _new_columns():
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.create_index(
        "ix_stage_changes_to_stage_id", "stage_changes", ["workspace_id", "to_stage_id", "at"], unique=False
    )
    op.create_index("ix_follow_ups_message_id", "follow_ups", ["workspace_id", "message_id"], unique=False)
    op.create_index(
        "ix_follow_ups_sequence_id",
        "follow_ups",
        ["workspace_id", "sequence_id", "created_at", "step_key", "state"],
        unique=False,
    )
    op.create_unique_constraint(
        op.f("uq_follow_ups_workspace_id_enrolment_id_step_key"),
        "follow_ups",
        ["workspace_id", "enrolment_id", "step_key"],
    )
    op.create_foreign_key(
        op.f("fk_follow_ups_workspace_id_enrolment_id"),
        "follow_ups",
        "enrolments",
        ["workspace_id", "enrolment_id"],
        ["workspace_id", "id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_messages_contact_id", "messages", ["workspace_id", "contact_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_messages_template_key", "messages", ["workspace_id", "template_key", "created_at"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_messages_workspace_id_contact_id"),
        "messages",
        "contacts",
        ["workspace_id", "contact_id"],
        ["workspace_id", "id"],
        ondelete="CASCADE",
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
        "alerts",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_alerts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "workspace_id",
            "rule",
            "subject_id",
            "day",
            "level",
            name=op.f("uq_alerts_workspace_id_rule_subject_id_day_level"),
        ),
    )
    op.create_table(
        "message_providers",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settings_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms', 'inbox')", name=op.f("ck_message_providers_channel")),
        sa.CheckConstraint("kind in ('smtp', 'twilio', 'gateway', 'imap')", name=op.f("ck_message_providers_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_message_providers_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_message_providers")),
        sa.UniqueConstraint("workspace_id", "channel", name=op.f("uq_message_providers_workspace_id_channel")),
    )
    op.create_table(
        "message_template_versions",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "template_id"],
            ["message_templates.workspace_id", "message_templates.id"],
            name=op.f("fk_message_template_versions_workspace_id_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_message_template_versions")),
        sa.UniqueConstraint(
            "workspace_id",
            "template_id",
            "version_no",
            name=op.f("uq_message_template_versions_workspace_id_template_id_version_no"),
        ),
    )
    op.create_table(
        "sequences",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ends_with_stage", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts in ('stage', 'hand', 'rule')", name=op.f("ck_sequences_starts")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_sequences_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_sequences_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_sequences")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_sequences_workspace_id_key")),
    )
    op.create_index("ix_sequences_stage_id", "sequences", ["workspace_id", "stage_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("last_message_id", sa.Uuid(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_direction", sa.Text(), nullable=False),
        sa.Column("unread_count", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("last_direction in ('out', 'in')", name=op.f("ck_conversations_last_direction")),
        sa.CheckConstraint("state in ('open', 'done')", name=op.f("ck_conversations_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["contacts.workspace_id", "contacts.id"],
            name=op.f("fk_conversations_workspace_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_conversations_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_conversations_workspace_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("workspace_id", "contact_id", name=op.f("uq_conversations_workspace_id_contact_id")),
    )
    op.create_index("ix_conversations_lead_id", "conversations", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_conversations_owner_id",
        "conversations",
        ["workspace_id", "owner_id", "state", "last_at", "id"],
        unique=False,
    )
    op.create_index("ix_conversations_state", "conversations", ["workspace_id", "state", "last_at", "id"], unique=False)
    op.create_index(
        "ix_conversations_unread",
        "conversations",
        ["workspace_id", "last_at", "id"],
        unique=False,
        postgresql_where=sa.text("unread_count > 0"),
    )
    op.create_index(
        "ix_conversations_snoozed_until",
        "conversations",
        ["workspace_id", "snoozed_until", "id"],
        unique=False,
        postgresql_where=sa.text("snoozed_until is not null"),
    )
    op.create_table(
        "sequence_versions",
        sa.Column("sequence_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "sequence_id"],
            ["sequences.workspace_id", "sequences.id"],
            name=op.f("fk_sequence_versions_workspace_id_sequence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_sequence_versions")),
        sa.UniqueConstraint(
            "workspace_id",
            "sequence_id",
            "version_no",
            name=op.f("uq_sequence_versions_workspace_id_sequence_id_version_no"),
        ),
    )
    op.create_table(
        "arrivals",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("arrival_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sender_key", sa.LargeBinary(), nullable=True),
        sa.Column("sender_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mail_id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("candidate_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms', 'call')", name=op.f("ck_arrivals_channel")),
        sa.CheckConstraint("state in ('waiting', 'placed', 'bounce', 'ignored')", name=op.f("ck_arrivals_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("fk_arrivals_workspace_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_arrivals_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("workspace_id", "arrival_key", name=op.f("uq_arrivals_workspace_id_arrival_key")),
    )
    op.create_index("ix_arrivals_message_id", "arrivals", ["workspace_id", "message_id"], unique=False)
    op.create_index(
        "ix_arrivals_sender_key", "arrivals", ["workspace_id", "sender_key", "received_at"], unique=False
    )
    op.create_index("ix_arrivals_state", "arrivals", ["workspace_id", "state", "received_at", "id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("sequence_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_how", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage_change_id", sa.Uuid(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("started_how in ('stage', 'hand', 'rule')", name=op.f("ck_enrolments_started_how")),
        sa.CheckConstraint("state in ('active', 'paused', 'finished', 'stopped')", name=op.f("ck_enrolments_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_enrolments_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "sequence_id"],
            ["sequences.workspace_id", "sequences.id"],
            name=op.f("fk_enrolments_workspace_id_sequence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_change_id"],
            ["stage_changes.workspace_id", "stage_changes.id"],
            name=op.f("fk_enrolments_workspace_id_stage_change_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_lead_id", "enrolments", ["workspace_id", "lead_id", "state"], unique=False)
    op.create_index(
        "ix_enrolments_sequence_id",
        "enrolments",
        ["workspace_id", "sequence_id", "state", "started_at", "id"],
        unique=False,
    )
    op.create_index("ix_enrolments_stage_change_id", "enrolments", ["workspace_id", "stage_change_id"], unique=False)
    op.create_index(
        "uq_enrolments_under_way",
        "enrolments",
        ["workspace_id", "sequence_id", "lead_id"],
        unique=True,
        postgresql_where=sa.text("state in ('active', 'paused')"),
    )
