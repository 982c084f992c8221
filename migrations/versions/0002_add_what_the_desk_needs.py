"""Add what the desk needs: shelves, tags, stars, saved views, bulk acts, files, notifications, claims

Leads lie on the desk, in the archive or in the bin; the kept counts and the indexes of lists know only the desk.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Tables that every member of the workspace sees alike.
PLAIN = ("tags", "bulk_acts")
#: Tables that are seen as far as their lead is.
SEEN_WITH_LEAD = ("lead_tags", "favourites", "bulk_act_leads", "files", "lead_claims")
#: Tables whose rows are their member's own; the work behind the pages sees them all.
PERSONAL = ("list_preferences", "notifications")

WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
PERSON = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
SCOPE = "(select current_setting('app.scope', true))"
SEES_ALL = f"{SCOPE} in ('all', 'read')"
WRITES = f"{SCOPE} in ('all', 'own', 'visits')"

ACTIVITY_KINDS = (
    "lead_created", "stage_changed", "fact_changed", "note", "call", "email", "sms", "quote", "transfer",
    "appointment", "follow_up", "enquiry",
)  # fmt: skip
#: A sending is kept before its lead, which it names already; it need only be there at the commit.
OF_LEAD = "fk_form_submissions_workspace_id_lead_id"
#: Tables that processes keep in memory until the workspace's row says that one of them has changed.
CATALOGUE = ("stages", "lead_sources", "follow_up_rules")
#: Indexes of lists that from now on hold the desk only: name -> columns after the workspace.
NARROWED = {
    "ix_leads_board": ("stage_id", "rank", "id"),
    "ix_leads_stage_newest": ("stage_id", "created_at", "id"),
    "ix_leads_newest": ("created_at", "id"),
    "ix_leads_owner": ("owner_id", "created_at", "id"),
    "ix_leads_district": ("district", "created_at", "id"),
}
ON_DESK = "shelf = 'desk'"
ACT_ON_DESK = "shelf = 'desk' and next_act_at is not null"


def upgrade() -> None:
    _columns()
    _indexes()
    _tables()
    for table in (*PLAIN, "saved_views", *SEEN_WITH_LEAD, *PERSONAL):
        _wall(table)
    _visibility()
    _catalogue()
    op.execute(f"alter table form_submissions alter constraint {OF_LEAD} deferrable initially deferred")
    _activity_kinds((*ACTIVITY_KINDS, "file"))
    op.execute(_COUNTERS.format(before=" and old.shelf = 'desk'", after=" and new.shelf = 'desk'", same=_SAME_SHELF))
    _counting("stage_id, annual_minor, owner_id, shelf")


def downgrade() -> None:
    op.execute(f"alter table form_submissions alter constraint {OF_LEAD} not deferrable")
    for table in CATALOGUE:
        op.execute(f"drop trigger count_change on {table}")
    op.execute("drop function count_catalogue_change()")
    _counting("stage_id, annual_minor, owner_id")
    op.execute(_COUNTERS.format(before="", after="", same=""))
    with _seen_whole("activities", "leads", "stage_counters"):
        op.execute("delete from activities where kind = 'file'")
        _count_all()
    _activity_kinds(ACTIVITY_KINDS)
    for table in (
        "files", "notifications", "lead_tags", "lead_claims", "favourites", "bulk_act_leads", "list_preferences",
        "saved_views", "bulk_acts", "tags",
    ):  # fmt: skip
        op.drop_table(table)
    for name in (
        "ix_leads_stage_value", "ix_leads_value", "ix_leads_next", "ix_leads_owner_next", "ix_leads_shelf",
        "ix_leads_next_act", "ix_leads_activity",
    ):  # fmt: skip
        op.drop_index(name, table_name="leads")
    for name, columns in NARROWED.items():
        op.drop_index(name, table_name="leads")
        op.create_index(name, "leads", ["workspace_id", *columns])
    op.create_index(
        "ix_leads_next_act", "leads", ["workspace_id", "stage_id", "next_act_at"],
        postgresql_where=sa.text("next_act_at is not null"),
    )  # fmt: skip
    for table, columns in (
        ("workspaces", ("assignment_mode", "bin_days", "price_review_month", "catalogue_version")),
        ("memberships", ("takes_leads", "districts", "last_assigned_at")),
        ("leads", ("shelf", "shelved_at", "shelved_by", "returns_on")),
    ):
        for column in columns:
            op.drop_column(table, column)


def _columns() -> None:
    """Rows that exist get the values that leave everything as it was; from then on the program gives them."""
    for table, column in (
        ("leads", sa.Column("shelf", sa.Text(), nullable=False, server_default="desk")),
        ("leads", sa.Column("shelved_at", sa.DateTime(timezone=True))),
        ("leads", sa.Column("shelved_by", sa.Uuid())),
        ("leads", sa.Column("returns_on", sa.Date())),
        ("memberships", sa.Column("takes_leads", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("memberships", sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")),
        ("memberships", sa.Column("last_assigned_at", sa.DateTime(timezone=True))),
        ("workspaces", sa.Column("assignment_mode", sa.Text(), nullable=False, server_default="off")),
        ("workspaces", sa.Column("bin_days", sa.SmallInteger(), nullable=False, server_default="30")),
        ("workspaces", sa.Column("price_review_month", sa.SmallInteger(), nullable=False, server_default="4")),
        ("workspaces", sa.Column("catalogue_version", sa.BigInteger(), nullable=False, server_default="1")),
    ):
        op.add_column(table, column)
        if column.server_default is not None:
            op.alter_column(table, column.name, server_default=None)
    for table, name, rule in (
        ("leads", "shelf", "shelf in ('desk', 'archive', 'bin')"),
        ("workspaces", "assignment_mode", "assignment_mode in ('off', 'round_robin', 'area', 'load')"),
        ("workspaces", "bin_days", "bin_days between 1 and 365"),
        ("workspaces", "price_review_month", "price_review_month between 1 and 12"),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _indexes() -> None:
    op.drop_index("ix_leads_next_act", table_name="leads")
    for name in NARROWED:
        op.drop_index(name, table_name="leads")
    for name, columns, where in (
        *((name, columns, ON_DESK) for name, columns in NARROWED.items()),
        ("ix_leads_stage_value", ("stage_id", "annual_minor", "id"), ON_DESK),
        ("ix_leads_value", ("annual_minor", "id"), ON_DESK),
        ("ix_leads_activity", ("last_activity_at", "id"), ON_DESK),
        ("ix_leads_next_act", ("stage_id", "next_act_at", "id"), ACT_ON_DESK),
        ("ix_leads_next", ("next_act_at", "id"), ACT_ON_DESK),
        ("ix_leads_owner_next", ("owner_id", "next_act_at", "id"), ACT_ON_DESK),
        ("ix_leads_shelf", ("shelf", "shelved_at", "id"), "shelf <> 'desk'"),
    ):
        op.create_index(name, "leads", ["workspace_id", *columns], postgresql_where=sa.text(where))


def _wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} using (workspace_id = {WORKSPACE}) with check (workspace_id = {WORKSPACE})"
    )
    op.execute(f"create policy inserts on {table} as restrictive for insert with check ({WRITES})")
    op.execute(f"create policy updates on {table} as restrictive for update using ({WRITES})")
    op.execute(f"create policy deletes on {table} as restrictive for delete using ({WRITES})")


def _visibility() -> None:
    for table in SEEN_WITH_LEAD:
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({SEES_ALL} or exists (select 1 from leads"
            f" where leads.workspace_id = {table}.workspace_id and leads.id = {table}.lead_id)) with check (true)"
        )
    for table in PERSONAL:
        op.execute(
            f"create policy seen_by_role on {table} as restrictive using ({PERSON} is null or user_id = {PERSON})"
            " with check (true)"
        )
    op.execute(
        f"create policy seen_by_role on saved_views as restrictive using ({PERSON} is null or user_id = {PERSON}"
        " or is_shared) with check (true)"
    )


def _catalogue() -> None:
    """Count the changes to the tables that are kept in memory, in the transaction that makes them."""
    op.execute(
        """
        create function count_catalogue_change() returns trigger language plpgsql as $$
        begin
            update workspaces set catalogue_version = catalogue_version + 1
             where id = coalesce(new.workspace_id, old.workspace_id);
            return null;
        end $$
        """
    )
    for table in CATALOGUE:
        op.execute(
            f"create trigger count_change after insert or update or delete on {table}"
            " for each row execute function count_catalogue_change()"
        )


def _activity_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_activities_kind"), "activities")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_activities_kind"), "activities", f"kind in ({listed})")


def _counting(columns: str) -> None:
    op.execute("drop trigger keep_stage_counters on leads")
    op.execute(
        f"create constraint trigger keep_stage_counters after insert or delete or update of {columns} on leads"
        " deferrable initially deferred for each row execute function keep_stage_counters()"
    )


def _count_all() -> None:
    """Count anew, archive and bin included: without shelves their leads lie on the desk again."""
    op.execute("delete from stage_counters")
    op.execute(
        "insert into stage_counters (workspace_id, stage_id, owner_key, leads, annual_minor)"
        " select workspace_id, stage_id, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), count(*),"
        " sum(annual_minor) from leads group by 1, 2, 3"
    )


@contextmanager
def _seen_whole(*tables: str) -> Iterator[None]:
    """Let the tables' owner reach the rows of every workspace meanwhile; the walls stand for everyone else."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")


_SAME_SHELF = " and old.shelf = new.shelf"
_COUNTERS = """
    create or replace function keep_stage_counters() returns trigger language plpgsql as $$
    declare
        before_workspace text := current_setting('app.workspace_id', true);
        before_scope text := current_setting('app.scope', true);
        nobody constant uuid := '00000000-0000-0000-0000-000000000000';
        change record;
    begin
        if tg_op = 'UPDATE' and old.stage_id = new.stage_id and old.annual_minor = new.annual_minor
           and old.owner_id is not distinct from new.owner_id{same} then
            return null;
        end if;
        perform set_config('app.workspace_id', coalesce(new.workspace_id, old.workspace_id)::text, true),
                set_config('app.scope', 'all', true);
        for change in
            select stage_id, owner_key, sum(leads) as leads, sum(value) as value from (
                select old.stage_id as stage_id, coalesce(old.owner_id, nobody) as owner_key, -1 as leads,
                       -old.annual_minor as value where tg_op <> 'INSERT'{before}
                union all
                select new.stage_id, coalesce(new.owner_id, nobody), 1, new.annual_minor where tg_op <> 'DELETE'{after}
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


def _tables() -> None:
    op.create_table(
        "tags",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_tags_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_tags")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_tags_workspace_id_name")),
    )
    op.create_table(
        "bulk_acts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('assign', 'move', 'tag', 'untag', 'priority', 'archive', 'bin', 'restore')",
            name=op.f("ck_bulk_acts_kind"),
        ),
        sa.CheckConstraint(
            "state in ('ready', 'running', 'done', 'undoing', 'undone')", name=op.f("ck_bulk_acts_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_bulk_acts_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_bulk_acts")),
    )
    op.create_index("ix_bulk_acts_user_id", "bulk_acts", ["workspace_id", "user_id", "created_at"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("page in ('list', 'board')", name=op.f("ck_saved_views_page")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_saved_views_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_user_id", "saved_views", ["workspace_id", "user_id"], unique=False)
    op.create_table(
        "list_preferences",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("default_view_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "default_view_id"],
            ["saved_views.workspace_id", "saved_views.id"],
            name=op.f("fk_list_preferences_workspace_id_default_view_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_list_preferences_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_list_preferences")),
    )
    op.create_index(
        "ix_list_preferences_default_view_id", "list_preferences", ["workspace_id", "default_view_id"], unique=False
    )
    op.create_table(
        "bulk_act_leads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("bulk_act_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "bulk_act_id"],
            ["bulk_acts.workspace_id", "bulk_acts.id"],
            name=op.f("fk_bulk_act_leads_workspace_id_bulk_act_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_bulk_act_leads_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "bulk_act_id", "lead_id", name=op.f("pk_bulk_act_leads")),
    )
    op.create_index("ix_bulk_act_leads_lead_id", "bulk_act_leads", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_bulk_act_leads_position", "bulk_act_leads", ["workspace_id", "bulk_act_id", "position"], unique=False
    )
    op.create_table(
        "favourites",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_favourites_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_favourites_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "lead_id", name=op.f("pk_favourites")),
    )
    op.create_index("ix_favourites_lead_id", "favourites", ["workspace_id", "lead_id"], unique=False)
    op.create_table(
        "lead_claims",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_lead_claims_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_lead_claims_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "lead_id", name=op.f("pk_lead_claims")),
    )
    op.create_index("ix_lead_claims_user_id", "lead_claims", ["workspace_id", "user_id"], unique=False)
    op.create_table(
        "lead_tags",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_lead_tags_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "tag_id"],
            ["tags.workspace_id", "tags.id"],
            name=op.f("fk_lead_tags_workspace_id_tag_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "lead_id", "tag_id", name=op.f("pk_lead_tags")),
    )
    op.create_index("ix_lead_tags_tag_id", "lead_tags", ["workspace_id", "tag_id", "lead_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('mention', 'assigned', 'high_value', 'bulk_done', 'file_added', 'lead_returned')",
            name=op.f("ck_notifications_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_notifications_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            name=op.f("fk_notifications_workspace_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_lead_id", "notifications", ["workspace_id", "lead_id"], unique=False)
    op.create_index(
        "ix_notifications_newest", "notifications", ["workspace_id", "user_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["workspace_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_table(
        "files",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('photo', 'document')", name=op.f("ck_files_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "activity_id"],
            ["activities.workspace_id", "activities.id"],
            name=op.f("fk_files_workspace_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("fk_files_workspace_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_files")),
    )
    op.create_index("ix_files_activity_id", "files", ["workspace_id", "activity_id"], unique=False)
    op.create_index("ix_files_lead_id", "files", ["workspace_id", "lead_id", "created_at", "id"], unique=False)
