"""What PostgreSQL's own catalogue says of the walls, as a list of findings (empty: all is well)."""

from typing import Any

Connection = Any  # a psycopg connection whose rows are tuples

APP_ROLE = "sill_app"
#: Tables outside the wall, each with its reason. A new table must be walled or be written down here.
OUTSIDE_THE_WALL = {
    "alembic_version": "the number of the last migration; the app may read it, not write",
    "users": "one person may belong to several workspaces",
    "login_sessions": "belong to a person, found by the hash of a token",
    "login_throttles": "count guesses before anybody is known; keys are hashed",
    "known_devices": "belong to a person, found by the hash of a token",
    "password_resets": "belong to a person, found by the hash of a token",
    "access_keys": "find the workspace; hold hashes and ids only",
}
#: Unique keys of walled tables that don't begin with the workspace.
GLOBAL_KEYS = {
    ("workspaces", ("id",)): "the id is the wall itself",
    ("workspaces", ("slug",)): "an address on the web is everybody's",
}
#: Functions that run with their owner's rights, which return ids and counts alone.
DEFINERS = {"abandoned_outbox", "due_outbox", "outbox_depth", "workspaces_without"}

_TABLES = """
    select relname, relrowsecurity, relforcerowsecurity from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1
"""
_UNIQUE = """
    select t.relname, i.relname, array_agg(a.attname::text order by k.place)
      from pg_index x
      join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
      cross join lateral unnest(x.indkey::int[]) with ordinality as k(attnum, place)
      join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
     where x.indisunique and t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
     group by 1, 2 order by 1, 2
"""
FOREIGN_KEYS = """
    select c.conname, t.relname, p.relname,
           array(select attname::text from unnest(c.conkey) with ordinality k(n, place)
                   join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by place),
           array(select attname::text from unnest(c.confkey) with ordinality k(n, place)
                   join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by place)
      from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class p on p.oid = c.confrelid
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace order by 1
"""
_COLUMNS = """
    select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = 'public'
"""
_RIGHTS = """
    select table_name, privilege_type from information_schema.table_privileges
     where table_schema = 'public' and grantee in (%s, 'PUBLIC')
"""


def catalog_faults(connection: Connection) -> list[str]:
    """Everything in the catalogue that would let data through a wall, or make a wall slow."""
    tables = {name: (enabled, forced) for name, enabled, forced in connection.execute(_TABLES)}
    walled = set(tables) - set(OUTSIDE_THE_WALL)
    return [
        *_walls(tables, walled),
        *_keys(connection, walled),
        *_columns(connection, walled),
        *_role(connection),
        *_rights(connection, walled),
        *_views_and_functions(connection),
        *_policies(connection),
    ]


def _walls(tables: dict[str, tuple[bool, bool]], walled: set[str]) -> list[str]:
    faults = [
        f"{name} is on the list of tables outside the wall but is none" for name in OUTSIDE_THE_WALL.keys() - tables
    ]
    for name in sorted(walled):
        enabled, forced = tables[name]
        if not enabled:
            faults.append(f"{name}: row-level security is off")
        if not forced:
            faults.append(f"{name}: row-level security is not forced on the owner")
    return faults


def _keys(connection: Connection, walled: set[str]) -> list[str]:
    faults = []
    for table, index, columns in connection.execute(_UNIQUE):
        if table in walled and columns[0] != "workspace_id" and (table, tuple(columns)) not in GLOBAL_KEYS:
            faults.append(f"{table}: unique index {index} begins with {columns[0]}, not with workspace_id")
    for name, table, parent, columns, referred in connection.execute(FOREIGN_KEYS):
        to_workspace = (parent, columns, referred) == ("workspaces", ["workspace_id"], ["id"])
        to_user = (parent, referred) == ("users", ["id"])
        through_wall = columns[0] == "workspace_id" and referred[0] == "workspace_id" and len(columns) > 1
        if table in walled and not (to_workspace or to_user or through_wall):
            faults.append(f"{table}: foreign key {name} to {parent} does not begin with workspace_id")
    return faults


def _columns(connection: Connection, walled: set[str]) -> list[str]:
    faults = []
    has_workspace = {"workspaces"}
    for table, column, kind, nullable in connection.execute(_COLUMNS):
        if table not in walled:
            continue
        if column == "workspace_id":
            has_workspace.add(table)
            if nullable == "YES" or kind != "uuid":
                faults.append(f"{table}.workspace_id is not a uuid that is always there")
        # Their comparisons are not leakproof, so no index would serve them behind the wall.
        if kind in ("numeric", "USER-DEFINED", "money"):
            faults.append(f"{table}.{column} is of type {kind}")
        if kind == "timestamp without time zone":
            faults.append(f"{table}.{column} has no time zone")
    return faults + [f"{table} has no workspace_id" for table in sorted(walled - has_workspace)]


def _role(connection: Connection) -> list[str]:
    row = connection.execute(
        "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication from pg_roles where rolname = %s",
        [APP_ROLE],
    ).fetchone()
    faults = [f"{APP_ROLE} has a right of administrators"] if row is None or any(row) else []
    member = connection.execute("select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member"
                                " where r.rolname = %s", [APP_ROLE]).fetchone()  # fmt: skip
    owned = connection.execute("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner"
                               " where r.rolname = %s", [APP_ROLE]).fetchone()  # fmt: skip
    if member[0]:
        faults.append(f"{APP_ROLE} is a member of another role")
    if owned[0]:
        faults.append(f"{APP_ROLE} owns {owned[0]} relations")
    return faults


def _rights(connection: Connection, walled: set[str]) -> list[str]:
    allowed = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    faults = []
    for table, right in connection.execute(_RIGHTS, [APP_ROLE]):
        if right not in allowed:  # TRUNCATE and REFERENCES go past row-level security
            faults.append(f"{table}: {APP_ROLE} has {right}")
        if table == "alembic_version" and right != "SELECT":
            faults.append(f"alembic_version: {APP_ROLE} has {right}")
    return faults


def _views_and_functions(connection: Connection) -> list[str]:
    faults = []
    for name, kind, options in connection.execute(
        "select relname, relkind::text, coalesce(reloptions, '{}') from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
    ):
        if kind == "m":
            faults.append(f"{name} is a materialized view: it knows no walls")
        elif not {"security_invoker=true", "security_invoker=on"} & set(options):
            faults.append(f"view {name} runs with its owner's rights")
    for name, definer, settings, public in connection.execute(
        "select proname, prosecdef, coalesce(proconfig, '{}'), has_function_privilege('public', oid, 'execute')"
        " from pg_proc where pronamespace = 'public'::regnamespace"
    ):
        if definer and name not in DEFINERS:
            faults.append(f"function {name} runs with its owner's rights")
        if definer and (public or not any(each.startswith("search_path=") for each in settings)):
            faults.append(f"function {name} is open to everybody or has no fixed search_path")
    return faults


def _policies(connection: Connection) -> list[str]:
    """Settings must be read in scalar subselects, once a statement: once a row is eight times slower."""
    faults = []
    for table, name, using, check in connection.execute(
        "select tablename, policyname, coalesce(qual, ''), coalesce(with_check, '') from pg_policies"
    ):
        for expression in (using, check):
            plain = expression.replace("( SELECT (NULLIF(current_setting(", "").replace("( SELECT current_setting(", "")
            if "current_setting(" in plain and name != "sweep":
                faults.append(f"{table}: policy {name} reads a setting for each row")
    return faults
