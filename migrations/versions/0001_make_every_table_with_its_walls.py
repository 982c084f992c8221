"""Make every table with its walls

Each workspace table has row-level security enabled and forced, keyed by app.workspace_id. Restrictive policies add what
a role may see (app.scope) and that a viewer writes nothing. See docs/security.md.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Tables outside the wall, with the reason: people may belong to several workspaces, and keys find the workspace.
GLOBAL = ("users", "login_sessions", "login_throttles", "known_devices", "access_keys")
OWN_WALL = ("workspaces", "audit_entries")
PLAIN = (
    "workspace_keys", "memberships", "invitations", "lead_sources", "pipelines", "stages", "stage_counters",
    "lead_number_counters", "lead_forms", "message_templates", "suppressions", "follow_up_rules",
    "squeegee_accounts", "outbox", "contacts", "properties", "leads", "appointments",
)  # fmt: skip
#: Tables that are seen as far as their parent is: table -> (column, parent).
SEEN_WITH = {
    "activities": ("lead_id", "leads"),
    "stage_changes": ("lead_id", "leads"),
    "search_tokens": ("lead_id", "leads"),
    "messages": ("lead_id", "leads"),
    "follow_ups": ("lead_id", "leads"),
    "quotes": ("lead_id", "leads"),
    "transfers": ("lead_id", "leads"),
    "form_submissions": ("lead_id", "leads"),
    "quote_options": ("quote_id", "quotes"),
    "quote_lines": ("quote_id", "quotes"),
    "transfer_calls": ("transfer_id", "transfers"),
    "delivery_attempts": ("message_id", "messages"),
    "consents": ("contact_id", "contacts"),
}

# The scalar subselects are evaluated once a statement, not once a row.
WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
PERSON = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"


def upgrade() -> None:
    _tables()
    for table in (*PLAIN, *SEEN_WITH):
        _wall(table, "workspace_id")
        _writers(table)
    _wall_of_workspaces()
    _wall_of_the_audit_log()
    _visibility()
    _sweeper()
    _stage_counters()
    _grants()


def downgrade() -> None:
    op.execute("drop function if exists due_outbox(integer)")
    op.execute("drop function if exists outbox_depth()")
    op.execute("drop trigger if exists keep_stage_counters on leads")
    op.execute("drop trigger if exists refuse_change on audit_entries")
    for table in (*PLAIN, *SEEN_WITH, *OWN_WALL):
        for policy in ("tenant", "own", "seen", "added", "sweep", "seen_by_role", "inserts", "updates", "deletes"):
            op.execute(f"drop policy if exists {policy} on {table}")
    _drop_tables()
    op.execute("drop function if exists keep_stage_counters()")
    op.execute("drop function if exists refuse_change()")


def _wall(table: str, column: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} using ({column} = {WORKSPACE}) with check ({column} = {WORKSPACE})")


def _writers(table: str) -> None:
    op.execute(f"create policy inserts on {table} as restrictive for insert with check ({WRITES})")
    op.execute(f"create policy updates on {table} as restrictive for update using ({WRITES})")
    op.execute(f"create policy deletes on {table} as restrictive for delete using ({WRITES})")


def _wall_of_workspaces() -> None:
    """A person sees the workspaces they belong to, and their own memberships, before entering one; inside, only it."""
    _wall("workspaces", "id")
    _writers("workspaces")
    op.execute(f"create policy own on memberships for select using ({WORKSPACE} is null and user_id = {PERSON})")
    op.execute(
        f"create policy own on workspaces for select using ({WORKSPACE} is null and exists (select 1 from memberships"
        f" where memberships.workspace_id = workspaces.id and memberships.user_id = {PERSON}))"
    )


def _wall_of_the_audit_log() -> None:
    """Rows may be added and read, by nobody changed; the trigger stops even the owner of the table."""
    op.execute("alter table audit_entries enable row level security")
    op.execute("alter table audit_entries force row level security")
    op.execute(f"create policy seen on audit_entries for select using (workspace_id = {WORKSPACE})")
    op.execute(f"create policy added on audit_entries for insert with check (workspace_id = {WORKSPACE})")
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception 'audit entries are only ever added';
        end $$
        """
    )
    op.execute(
        "create trigger refuse_change before update or delete or truncate on audit_entries"
        " for each statement execute function refuse_change()"
    )


def _visibility() -> None:
    """What a role sees. `own`: leads that are theirs or nobody's; `visits`: leads with an appointment of theirs."""
    op.execute(
        f"""
        create policy seen_by_role on leads as restrictive using (
            {SEES_ALL}
            or ({SCOPE} = 'own' and (owner_id is null or owner_id = {PERSON}))
            or ({SCOPE} = 'visits' and exists (
                select 1 from appointments
                 where appointments.workspace_id = leads.workspace_id
                   and appointments.lead_id = leads.id and appointments.user_id = {PERSON}))
        ) with check (true)
        """
    )
    op.execute(
        f"create policy seen_by_role on appointments as restrictive using ({SCOPE} in ('all', 'read', 'own')"
        f" or user_id = {PERSON}) with check (true)"
    )
    for table, column in (("contacts", "contact_id"), ("properties", "property_id")):
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL} or exists (select 1 from leads"
            f" where leads.workspace_id = {table}.workspace_id and leads.{column} = {table}.id)) with check (true)"
        )
    for table, (column, parent) in SEEN_WITH.items():
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL} or exists (select 1 from {parent}"
            f" where {parent}.workspace_id = {table}.workspace_id and {parent}.id = {table}.{column}))"
            " with check (true)"
        )


def _sweeper() -> None:
    """Due work is found across workspaces by two functions that return ids and counts, nothing else.

    Their owner is bound by the walls too, so a policy for that owner alone opens the outbox while they run.
    """
    op.execute(
        "create policy sweep on outbox for select to current_user using (current_setting('app.sweep', true) = 'on')"
    )
    op.execute(
        """
        create function due_outbox(at_most integer) returns table (workspace_id uuid, id uuid)
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform set_config('app.sweep', 'on', true);
            return query select o.workspace_id, o.id from outbox o
             where o.state in ('ready', 'leased') and o.run_at <= clock_timestamp()
               and (o.state = 'ready' or o.lease_until < clock_timestamp())
             order by o.run_at limit least(at_most, 5000);
            perform set_config('app.sweep', '', true);
        end $$
        """
    )
    op.execute(
        """
        create function outbox_depth() returns table (state text, items bigint)
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform set_config('app.sweep', 'on', true);
            return query select o.state, count(*) from outbox o
             where o.state in ('ready', 'leased', 'dead') group by o.state;
            perform set_config('app.sweep', '', true);
        end $$
        """
    )


def _stage_counters() -> None:
    """Counts and values per stage, exact at every commit.

    Deferred to the commit, so that the counter's row lock is held for a moment only; both rows of a move are taken
    in the order of their ids, so that two opposite moves can't wait for each other.
    """
    op.execute(
        """
        create function keep_stage_counters() returns trigger language plpgsql as $$
        declare
            before_workspace text := current_setting('app.workspace_id', true);
            before_scope text := current_setting('app.scope', true);
            nobody constant uuid := '00000000-0000-0000-0000-000000000000';
            change record;
        begin
            if tg_op = 'UPDATE' and old.stage_id = new.stage_id and old.annual_minor = new.annual_minor
               and old.owner_id is not distinct from new.owner_id then
                return null;
            end if;
            perform set_config('app.workspace_id', coalesce(new.workspace_id, old.workspace_id)::text, true),
                    set_config('app.scope', 'all', true);
            for change in
                select stage_id, owner_key, sum(leads) as leads, sum(value) as value from (
                    select old.stage_id as stage_id, coalesce(old.owner_id, nobody) as owner_key, -1 as leads,
                           -old.annual_minor as value where tg_op <> 'INSERT'
                    union all
                    select new.stage_id, coalesce(new.owner_id, nobody), 1, new.annual_minor where tg_op <> 'DELETE'
                ) changes group by stage_id, owner_key order by stage_id, owner_key
            loop
                insert into stage_counters as c (workspace_id, stage_id, owner_key, leads, annual_minor)
                values (coalesce(new.workspace_id, old.workspace_id), change.stage_id, change.owner_key,
                        change.leads, change.value)
                on conflict (workspace_id, stage_id, owner_key)
                do update set leads = c.leads + excluded.leads, annual_minor = c.annual_minor + excluded.annual_minor;
            end loop;
            perform set_config('app.workspace_id', coalesce(before_workspace, ''), true),
                    set_config('app.scope', coalesce(before_scope, ''), true);
            return null;
        end $$
        """
    )
    op.execute(
        "create constraint trigger keep_stage_counters"
        " after insert or delete or update of stage_id, annual_minor, owner_id on leads"
        " deferrable initially deferred for each row execute function keep_stage_counters()"
    )


def _grants() -> None:
    """The app's role may read and write rows. It owns nothing, and neither TRUNCATE nor REFERENCES is given."""
    role = context.get_context().opts.get("app_role")
    op.execute("revoke all on function due_outbox(integer), outbox_depth() from public")
    if not role or role == op.get_bind().scalar(sa.text("select current_user")):
        return
    op.execute(f'grant usage on schema public to "{role}"')
    op.execute(f'grant select, insert, update, delete on all tables in schema public to "{role}"')
    op.execute(
        f'alter default privileges in schema public grant select, insert, update, delete on tables to "{role}"'
    )
    op.execute(f'revoke insert, update, delete on alembic_version from "{role}"')
    op.execute(f'grant execute on function due_outbox(integer), outbox_depth() to "{role}"')


def _tables() -> None:
    op.create_table(
        "access_keys",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('slug', 'form', 'quote', 'invitation', 'webhook')", name=op.f("ck_access_keys_kind")
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_access_keys")),
    )
    op.create_index("ix_access_keys_target", "access_keys", ["workspace_id", "target_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_newest", "audit_entries", ["workspace_id", "at", "id"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["workspace_id", "subject_id", "at"], unique=False)
    op.create_table(
        "login_throttles",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_login_throttles")),
    )
    op.create_table(
        "outbox",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('ready', 'leased', 'done', 'dead', 'cancelled')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "workspace_id", "kind", "dedupe_key", name=op.f("uq_outbox_workspace_id_kind_dedupe_key")
        ),
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["workspace_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["run_at"], unique=False, postgresql_where=sa.text("state in ('ready', 'leased')")
    )
    op.create_index("ix_outbox_subject", "outbox", ["workspace_id", "subject_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "workspace_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key_no", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("purpose in ('data', 'index')", name=op.f("ck_workspace_keys_purpose")),
        sa.PrimaryKeyConstraint("workspace_id", "purpose", "key_no", name=op.f("pk_workspace_keys")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tagline", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("reply_email", sa.Text(), nullable=False),
        sa.Column("notification_email", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lead_number_prefix", sa.Text(), nullable=False),
        sa.Column("lead_number_year", sa.Text(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("weekend_follow_ups", sa.Boolean(), nullable=False),
        sa.Column("max_follow_ups", sa.SmallInteger(), nullable=False),
        sa.Column("high_value_minor", sa.BigInteger(), nullable=False),
        sa.Column("service_districts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("quote_terms", sa.Text(), nullable=False),
        sa.Column("quote_valid_days", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("lead_number_year in ('YYYY', 'YY')", name=op.f("ck_workspaces_lead_number_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("slug", name=op.f("uq_workspaces_slug")),
    )
    op.create_table(
        "contacts",
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_as_given_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_key", sa.LargeBinary(), nullable=True),
        sa.Column("phone_key", sa.LargeBinary(), nullable=True),
        sa.Column("preferred_method", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "preferred_method in ('any', 'phone', 'email', 'sms')", name=op.f("ck_contacts_preferred_method")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_contacts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_email_key", "contacts", ["workspace_id", "email_key"], unique=False)
    op.create_index("ix_contacts_phone_key", "contacts", ["workspace_id", "phone_key"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role in ('owner', 'admin', 'manager', 'sales', 'crew', 'viewer')", name=op.f("ck_invitations_role")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_invitations_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_invitations")),
    )
    op.create_table(
        "known_devices",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_ins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_devices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_known_devices")),
    )
    op.create_index(op.f("ix_known_devices_user_id"), "known_devices", ["user_id"], unique=False)
    op.create_table(
        "lead_number_counters",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_lead_number_counters_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "year", name=op.f("pk_lead_number_counters")),
    )
    op.create_table(
        "lead_sources",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "category in ('digital', 'referral', 'repeat', 'traditional')", name=op.f("ck_lead_sources_category")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_lead_sources_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_lead_sources")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_lead_sources_workspace_id_key")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_login_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    op.create_index(op.f("ix_login_sessions_user_id"), "login_sessions", ["user_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role in ('owner', 'admin', 'manager', 'sales', 'crew', 'viewer')", name=op.f("ck_memberships_role")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("workspace_id", "user_id", name=op.f("uq_memberships_workspace_id_user_id")),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)
    op.create_table(
        "message_templates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms')", name=op.f("ck_message_templates_channel")),
        sa.CheckConstraint("purpose in ('service', 'marketing')", name=op.f("ck_message_templates_purpose")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_message_templates_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_message_templates_workspace_id_key")),
    )
    op.create_table(
        "pipelines",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_pipelines_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_pipelines")),
    )
    op.create_table(
        "properties",
        sa.Column("address_line1_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_line2_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("town_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("postcode_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("access_notes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("place_key", sa.LargeBinary(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("property_type", sa.Text(), nullable=True),
        sa.Column("bedrooms", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_properties_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_properties")),
    )
    op.create_index("ix_properties_district", "properties", ["workspace_id", "district"], unique=False)
    op.create_index("ix_properties_place_key", "properties", ["workspace_id", "place_key"], unique=False)
    op.create_table(
        "squeegee_accounts",
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("webhook_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("service_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_squeegee_accounts_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_squeegee_accounts")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_squeegee_accounts_workspace_id")),
    )
    op.create_table(
        "suppressions",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms')", name=op.f("ck_suppressions_channel")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_suppressions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "workspace_id", "channel", "address_key", name=op.f("uq_suppressions_workspace_id_channel_address_key")
        ),
    )
    op.create_table(
        "consents",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms')", name=op.f("ck_consents_channel")),
        sa.CheckConstraint("purpose in ('service', 'marketing')", name=op.f("ck_consents_purpose")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["contacts.workspace_id", "contacts.id"],
            name=op.f("fk_consents_workspace_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_contact_id", "consents", ["workspace_id", "contact_id", "created_at"], unique=False)
    op.create_table(
        "lead_forms",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("allowed_origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("consent_wording", sa.Text(), nullable=False),
        sa.Column("thank_you", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "source_id"],
            ["lead_sources.workspace_id", "lead_sources.id"],
            name=op.f("fk_lead_forms_workspace_id_source_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_lead_forms_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_lead_forms")),
    )
    op.create_table(
        "stages",
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("follow_up_days", sa.SmallInteger(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pipeline_id"],
            ["pipelines.workspace_id", "pipelines.id"],
            name=op.f("fk_stages_workspace_id_pipeline_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_stages")),
        sa.UniqueConstraint(
            "workspace_id", "pipeline_id", "key", name=op.f("uq_stages_workspace_id_pipeline_id_key")
        ),
    )
    op.create_table(
        "follow_up_rules",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("delay_days", sa.SmallInteger(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("any_hour", sa.Boolean(), nullable=False),
        sa.Column("counts_as_attempt", sa.Boolean(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('email', 'sms', 'call', 'task')", name=op.f("ck_follow_up_rules_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_follow_up_rules_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "template_id"],
            ["message_templates.workspace_id", "message_templates.id"],
            name=op.f("fk_follow_up_rules_workspace_id_template_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_follow_up_rules")),
    )
    op.create_index("ix_follow_up_rules_stage_id", "follow_up_rules", ["workspace_id", "stage_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("referrer", sa.Text(), nullable=True),
        sa.Column("landing_page", sa.Text(), nullable=True),
        sa.Column("utm_source", sa.Text(), nullable=True),
        sa.Column("utm_medium", sa.Text(), nullable=True),
        sa.Column("utm_campaign", sa.Text(), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("form_seconds", sa.Integer(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("property_type", sa.Text(), nullable=True),
        sa.Column("bedrooms", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("extras", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wishes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("first_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("monthly_minor", sa.BigInteger(), nullable=False),
        sa.Column("annual_minor", sa.BigInteger(), nullable=False),
        sa.Column("quote_valid_until", sa.Date(), nullable=True),
        sa.Column("expected_close", sa.Date(), nullable=True),
        sa.Column("quality_score", sa.SmallInteger(), nullable=True),
        sa.Column("conversion_percent", sa.SmallInteger(), nullable=True),
        sa.Column("satisfaction_score", sa.SmallInteger(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("next_act", sa.Text(), nullable=True),
        sa.Column("next_act_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_count", sa.SmallInteger(), nullable=False),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_method", sa.Text(), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("squeegee_customer_id", sa.Text(), nullable=True),
        sa.Column("squeegee_job_id", sa.Text(), nullable=True),
        sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_service_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("priority in ('low', 'normal', 'high', 'urgent')", name=op.f("ck_leads_priority")),
        sa.CheckConstraint("conversion_percent between 0 and 100", name=op.f("ck_leads_conversion_percent")),
        sa.CheckConstraint("quality_score between 1 and 10", name=op.f("ck_leads_quality_score")),
        sa.CheckConstraint("satisfaction_score between 1 and 5", name=op.f("ck_leads_satisfaction_score")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["contacts.workspace_id", "contacts.id"],
            name=op.f("fk_leads_workspace_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_leads_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "property_id"],
            ["properties.workspace_id", "properties.id"],
            name=op.f("fk_leads_workspace_id_property_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "source_id"],
            ["lead_sources.workspace_id", "lead_sources.id"],
            name=op.f("fk_leads_workspace_id_source_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_leads_workspace_id_stage_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_leads")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_leads_workspace_id_number")),
    )
    op.create_index("ix_leads_board", "leads", ["workspace_id", "stage_id", "rank", "id"], unique=False)
    op.create_index("ix_leads_contact", "leads", ["workspace_id", "contact_id"], unique=False)
    op.create_index("ix_leads_district", "leads", ["workspace_id", "district", "created_at", "id"], unique=False)
    op.create_index("ix_leads_newest", "leads", ["workspace_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_leads_next_act",
        "leads",
        ["workspace_id", "stage_id", "next_act_at"],
        unique=False,
        postgresql_where=sa.text("next_act_at is not null"),
    )
    op.create_index("ix_leads_owner", "leads", ["workspace_id", "owner_id", "created_at", "id"], unique=False)
    op.create_index("ix_leads_property", "leads", ["workspace_id", "property_id"], unique=False)
    op.create_index("ix_leads_stage_newest", "leads", ["workspace_id", "stage_id", "created_at", "id"], unique=False)
    op.create_table(
        "stage_counters",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("owner_key", sa.Uuid(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.Column("annual_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_stage_counters_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "stage_id", "owner_key", name=op.f("pk_stage_counters")),
    )
    op.create_table(
        "activities",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_type", sa.Text(), nullable=True),
        sa.Column("is_customer_visible", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('lead_created', 'stage_changed', 'fact_changed', 'note', 'call', 'email', 'sms', 'quote',"
            " 'transfer', 'appointment', 'follow_up', 'enquiry')",
            name=op.f("ck_activities_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_activities_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_activities")),
    )
    op.create_index("ix_activities_timeline", "activities", ["workspace_id", "lead_id", "at", "id"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('showed', 'no_show', 'rescheduled', 'cancelled', 'sold')",
            name=op.f("ck_appointments_outcome"),
        ),
        sa.CheckConstraint(
            "status in ('scheduled', 'set', 'verified', 'confirmed', 'completed', 'cancelled')",
            name=op.f("ck_appointments_status"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_appointments_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_appointments_workspace_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_appointments")),
    )
    op.create_index("ix_appointments_lead_id", "appointments", ["workspace_id", "lead_id"], unique=False)
    op.create_index("ix_appointments_user_id", "appointments", ["workspace_id", "user_id", "starts_at"], unique=False)
    op.create_table(
        "form_submissions",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("submission_key", sa.LargeBinary(), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('accepted', 'quarantined', 'released', 'deleted')", name=op.f("ck_form_submissions_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "form_id"],
            ["lead_forms.workspace_id", "lead_forms.id"],
            name=op.f("fk_form_submissions_workspace_id_form_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_form_submissions_workspace_id_lead_id"),
            ondelete="SET NULL (lead_id)",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_form_submissions")),
        sa.UniqueConstraint(
            "workspace_id",
            "form_id",
            "submission_key",
            name=op.f("uq_form_submissions_workspace_id_form_id_submission_key"),
        ),
    )
    op.create_index("ix_form_submissions_lead_id", "form_submissions", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_form_submissions_quarantined",
        "form_submissions",
        ["workspace_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_table(
        "messages",
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("html_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("template_key", sa.Text(), nullable=True),
        sa.Column("resend_when_unsure", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'sms')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint("direction in ('out', 'in')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint("purpose in ('service', 'marketing')", name=op.f("ck_messages_purpose")),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'uncertain', 'refused', 'cancelled',"
            " 'received')",
            name=op.f("ck_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_messages_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_messages_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_lead_id", "messages", ["workspace_id", "lead_id", "created_at"], unique=False)
    op.create_index("ix_messages_provider_id", "messages", ["workspace_id", "provider_id"], unique=False)
    op.create_index("ix_messages_state", "messages", ["workspace_id", "state", "created_at", "id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version_no", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("first_clean_minor", sa.BigInteger(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("link_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_count", sa.SmallInteger(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_option_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("starts_before_cancellation_ends", sa.Boolean(), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("decline_words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'sent', 'accepted', 'declined', 'expired', 'replaced')", name=op.f("ck_quotes_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_quotes_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_quotes")),
        sa.UniqueConstraint(
            "workspace_id", "lead_id", "version_no", name=op.f("uq_quotes_workspace_id_lead_id_version_no")
        ),
    )
    op.create_table(
        "search_tokens",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_search_tokens_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "token", "lead_id", name=op.f("pk_search_tokens")),
    )
    op.create_index("ix_search_tokens_lead_id", "search_tokens", ["workspace_id", "lead_id"], unique=False)
    op.create_table(
        "stage_changes",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage_id", sa.Uuid(), nullable=True),
        sa.Column("to_stage_id", sa.Uuid(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=True),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seconds_in_stage", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "from_stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_stage_changes_workspace_id_from_stage_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_stage_changes_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "to_stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_stage_changes_workspace_id_to_stage_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_stage_changes")),
    )
    op.create_index("ix_stage_changes_lead_id", "stage_changes", ["workspace_id", "lead_id", "at"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("first_service_date", sa.Date(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("retries", sa.SmallInteger(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("method in ('api', 'copy_sheet', 'csv')", name=op.f("ck_transfers_method")),
        sa.CheckConstraint(
            "state in ('pending', 'running', 'success', 'failed', 'partial', 'uncertain', 'cancelled')",
            name=op.f("ck_transfers_state"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_transfers_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_lead_id", "transfers", ["workspace_id", "lead_id", "created_at"], unique=False)
    op.create_index("ix_transfers_newest", "transfers", ["workspace_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_transfers_under_way",
        "transfers",
        ["workspace_id", "lead_id"],
        unique=True,
        postgresql_where=sa.text("state in ('pending', 'running', 'success', 'partial', 'uncertain')"),
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('begun', 'accepted', 'refused', 'not_sent', 'unclear')",
            name=op.f("ck_delivery_attempts_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("fk_delivery_attempts_workspace_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_delivery_attempts")),
        sa.UniqueConstraint(
            "workspace_id", "message_id", "attempt", name=op.f("uq_delivery_attempts_workspace_id_message_id_attempt")
        ),
    )
    op.create_table(
        "follow_ups",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("stage_change_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('email', 'sms', 'call', 'task')", name=op.f("ck_follow_ups_kind")),
        sa.CheckConstraint(
            "state in ('planned', 'queued', 'done', 'cancelled', 'skipped')", name=op.f("ck_follow_ups_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_follow_ups_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "rule_id"],
            ["follow_up_rules.workspace_id", "follow_up_rules.id"],
            name=op.f("fk_follow_ups_workspace_id_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_change_id"],
            ["stage_changes.workspace_id", "stage_changes.id"],
            name=op.f("fk_follow_ups_workspace_id_stage_change_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint(
            "workspace_id",
            "stage_change_id",
            "rule_id",
            name=op.f("uq_follow_ups_workspace_id_stage_change_id_rule_id"),
        ),
    )
    op.create_index(
        "ix_follow_ups_due",
        "follow_ups",
        ["workspace_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_follow_ups_lead_id", "follow_ups", ["workspace_id", "lead_id", "state", "due_at"], unique=False
    )
    op.create_table(
        "quote_lines",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_quote_lines_amount")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "quote_id"],
            ["quotes.workspace_id", "quotes.id"],
            name=op.f("fk_quote_lines_workspace_id_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_quote_lines")),
    )
    op.create_table(
        "quote_options",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "frequency in ('4_weekly', '6_weekly', '8_weekly', '12_weekly', 'one_off')",
            name=op.f("ck_quote_options_frequency"),
        ),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_quote_options_price")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "quote_id"],
            ["quotes.workspace_id", "quotes.id"],
            name=op.f("fk_quote_options_workspace_id_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_quote_options")),
        sa.UniqueConstraint(
            "workspace_id", "quote_id", "frequency", name=op.f("uq_quote_options_workspace_id_quote_id_frequency")
        ),
    )
    op.create_table(
        "transfer_calls",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("request_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('begun', 'accepted', 'refused', 'not_sent', 'unclear')",
            name=op.f("ck_transfer_calls_outcome"),
        ),
        sa.CheckConstraint("step in ('customer', 'job', 'quote')", name=op.f("ck_transfer_calls_step")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "transfer_id"],
            ["transfers.workspace_id", "transfers.id"],
            name=op.f("fk_transfer_calls_workspace_id_transfer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_transfer_calls")),
    )
    op.create_index(
        "ix_transfer_calls_transfer_id", "transfer_calls", ["workspace_id", "transfer_id", "begun_at"], unique=False
    )


def _drop_tables() -> None:
    op.drop_index("ix_transfer_calls_transfer_id", table_name="transfer_calls")
    op.drop_table("transfer_calls")
    op.drop_table("quote_options")
    op.drop_table("quote_lines")
    op.drop_index("ix_follow_ups_lead_id", table_name="follow_ups")
    op.drop_index("ix_follow_ups_due", table_name="follow_ups", postgresql_where=sa.text("state = 'planned'"))
    op.drop_table("follow_ups")
    op.drop_table("delivery_attempts")
    op.drop_index(
        "uq_transfers_under_way",
        table_name="transfers",
        postgresql_where=sa.text("state in ('pending', 'running', 'success', 'partial', 'uncertain')"),
    )
    op.drop_index("ix_transfers_newest", table_name="transfers")
    op.drop_index("ix_transfers_lead_id", table_name="transfers")
    op.drop_table("transfers")
    op.drop_index("ix_stage_changes_lead_id", table_name="stage_changes")
    op.drop_table("stage_changes")
    op.drop_index("ix_search_tokens_lead_id", table_name="search_tokens")
    op.drop_table("search_tokens")
    op.drop_table("quotes")
    op.drop_index("ix_messages_state", table_name="messages")
    op.drop_index("ix_messages_provider_id", table_name="messages")
    op.drop_index("ix_messages_lead_id", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_form_submissions_lead_id", table_name="form_submissions")
    op.drop_table("form_submissions")
    op.drop_index("ix_appointments_user_id", table_name="appointments")
    op.drop_index("ix_appointments_lead_id", table_name="appointments")
    op.drop_table("appointments")
    op.drop_index("ix_activities_timeline", table_name="activities")
    op.drop_table("activities")
    op.drop_table("stage_counters")
    op.drop_index("ix_leads_stage_newest", table_name="leads")
    op.drop_index("ix_leads_property", table_name="leads")
    op.drop_index("ix_leads_owner", table_name="leads")
    op.drop_index("ix_leads_next_act", table_name="leads", postgresql_where=sa.text("next_act_at is not null"))
    op.drop_index("ix_leads_newest", table_name="leads")
    op.drop_index("ix_leads_district", table_name="leads")
    op.drop_index("ix_leads_contact", table_name="leads")
    op.drop_index("ix_leads_board", table_name="leads")
    op.drop_table("leads")
    op.drop_index("ix_follow_up_rules_stage_id", table_name="follow_up_rules")
    op.drop_table("follow_up_rules")
    op.drop_table("stages")
    op.drop_table("lead_forms")
    op.drop_index("ix_consents_contact_id", table_name="consents")
    op.drop_table("consents")
    op.drop_table("suppressions")
    op.drop_table("squeegee_accounts")
    op.drop_index("ix_properties_place_key", table_name="properties")
    op.drop_index("ix_properties_district", table_name="properties")
    op.drop_table("properties")
    op.drop_table("pipelines")
    op.drop_table("message_templates")
    op.drop_index("ix_memberships_user_id", table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_login_sessions_user_id"), table_name="login_sessions")
    op.drop_table("login_sessions")
    op.drop_table("lead_sources")
    op.drop_table("lead_number_counters")
    op.drop_index(op.f("ix_known_devices_user_id"), table_name="known_devices")
    op.drop_table("known_devices")
    op.drop_table("invitations")
    op.drop_index("ix_contacts_phone_key", table_name="contacts")
    op.drop_index("ix_contacts_email_key", table_name="contacts")
    op.drop_table("contacts")
    op.drop_table("workspaces")
    op.drop_table("workspace_keys")
    op.drop_table("users")
    op.drop_index("ix_outbox_subject", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox", postgresql_where=sa.text("state in ('ready', 'leased')"))
    op.drop_index("ix_outbox_dead", table_name="outbox", postgresql_where=sa.text("state = 'dead'"))
    op.drop_table("outbox")
    op.drop_table("login_throttles")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index("ix_audit_entries_newest", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index("ix_access_keys_target", table_name="access_keys")
    op.drop_table("access_keys")
