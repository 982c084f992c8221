"""The migrations that turn what stages planned by rules into sequences, and back, and what older workspaces get."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from psycopg import sql

from app.config import ROOT
from app.embedded.postgres import APP, OWNER
from app.extensions import db
from app.followups.defaults import SEQUENCES
from app.followups.queries.steps import to_raw
from tests.support.database import WorkerDatabase

HERE, STAGE, CHANGE, LEAD = uuid4(), uuid4(), uuid4(), uuid4()
#: Id, kind, title, days, any hour, counts, whether it is on; and the state of what it planned.
RULES = (
    (uuid4(), "email", "At once", 0, True, False, True, "done"),
    (uuid4(), "email", "Day 3", 3, False, True, True, "planned"),
    (uuid4(), "call", "Day 7", 7, False, True, True, "planned"),
    (uuid4(), "task", "Never", 5, False, True, False, "skipped"),
)  # fmt: skip


@pytest.fixture
def before(wired_app: Flask, database: WorkerDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A database as it was before sequences, seen whole, with a stage's rules and what they planned with a lead."""
    postgres, name = database.postgres, f"{database.name}_conversion"
    postgres.drop_database(name)
    postgres.create_database(name)
    bare = Flask("migrations")
    bare.config.update(
        SQLALCHEMY_DATABASE_URI=postgres.url(APP, name), MIGRATION_DATABASE_URL=postgres.url(OWNER, name)
    )
    db.init_app(bare)
    Migrate(bare, db, directory=str(ROOT / "migrations"))
    with bare.app_context():
        upgrade(revision="0003")
        with postgres.admin(name) as connection:
            connection.autocommit = True
            connection.execute("set session_replication_role = replica")  # only these tables have rows
            fill(connection)
            yield connection
        db.session.remove()
        db.engine.dispose()
    postgres.drop_database(name)


#: What a column holds that may not be empty and that nobody looks at, by its type.
SOMETHING = {
    "uuid": "gen_random_uuid()", "text": "''", "boolean": "false", "timestamp with time zone": "now()",
    "bytea": "''", "jsonb": "'{}'", "ARRAY": "'{}'", "time without time zone": "'09:00'",
}  # fmt: skip


def put(connection: psycopg.Connection[Any], table: str, **given: Any) -> None:
    """Insert a row; columns that must hold something and are not given get something."""
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns where table_schema = 'public'"
        " and table_name = %s and is_nullable = 'NO' and column_default is null",
        (table,),
    ).fetchall()
    filled = {name: SOMETHING.get(kind, "1") for name, kind in rows if name not in given}
    columns = sql.SQL(", ").join(map(sql.Identifier, (*given, *filled)))
    values = sql.SQL(", ").join([*(sql.Placeholder() for _ in given), *map(sql.SQL, filled.values())])
    statement = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), columns, values)
    connection.execute(statement, list(given.values()))


def fill(connection: psycopg.Connection[Any]) -> None:
    put(connection, "workspaces", id=HERE, lead_number_year="YYYY", assignment_mode="off", closes="17:00")
    here = {"workspace_id": HERE}
    put(connection, "stages", **here, id=STAGE, key="quote_sent", name="Quote sent", position=4)
    put(connection, "leads", **here, id=LEAD, priority="normal", shelf="desk", stage_id=STAGE, preferred_time="any")
    put(connection, "stage_changes", **here, id=CHANGE, lead_id=LEAD, actor_kind="system")
    for number, (rule, kind, title, days, any_hour, counts, is_on, state) in enumerate(RULES):
        put(
            connection, "follow_up_rules", **here, id=rule, stage_id=STAGE, position=number, kind=kind, title=title,
            delay_days=days, delay_minutes=0, any_hour=any_hour, counts_as_attempt=counts, is_active=is_on,
        )  # fmt: skip
        put(
            connection, "follow_ups", **here, lead_id=LEAD, rule_id=rule, stage_change_id=CHANGE, kind=kind,
            title=title, state=state,
        )  # fmt: skip


def rules_of(connection: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    query = "select kind, title, delay_days, delay_minutes, any_hour, counts_as_attempt, is_active from follow_up_rules"
    return set(connection.execute(query).fetchall())


def test_rules_become_steps_and_rules_again(before: psycopg.Connection[Any]) -> None:
    stored = rules_of(before)
    upgrade(revision="0005")
    query = "select key, name, is_active, stage_id, steps from sequences order by is_active desc"
    rows = before.execute(query).fetchall()
    (key, name, is_active, stage_id, steps), off = rows
    assert (key, name, is_active, stage_id) == ("quote_chase", "Quote chase", True, STAGE)
    assert [(step["kind"], step["title"], step.get("delay", {}).get("amount", 0)) for step in steps] == [
        ("email", "At once", 0), ("email", "Day 3", 3), ("call", "Day 7", 4),
    ]  # fmt: skip
    assert (steps[0]["any_hour"], steps[0]["counts"]) == (True, False)
    assert (off[2], [step["title"] for step in off[4]]) == (False, ["Never"])
    ways = before.execute("select state, stage_change_id, id from enrolments order by state").fetchall()
    assert [(state, change) for state, change, _ in ways] == [("active", CHANGE), ("finished", CHANGE)]
    kept = before.execute("select title, state, step_key, enrolment_id from follow_ups order by title").fetchall()
    active: UUID = ways[0][2]
    assert [(title, state, key) for title, state, key, way in kept if way == active] == [
        ("At once", "done", "step_1"), ("Day 3", "planned", "step_2"), ("Day 7", "planned", "step_3"),
    ]  # fmt: skip
    downgrade(revision="0003")
    assert rules_of(before) == stored
    query = "select f.title = r.title, f.state from follow_ups f join follow_up_rules r on r.id = f.rule_id"
    assert before.execute(f"{query} order by f.title").fetchall() == [
        (True, "done"), (True, "planned"), (True, "planned"), (True, "skipped"),
    ]  # fmt: skip


def test_older_workspaces_get_the_new_sequences_and_conversations(before: psycopg.Connection[Any]) -> None:
    contact, here = uuid4(), {"workspace_id": HERE}
    put(before, "contacts", **here, id=contact, preferred_method="any")
    before.execute("update leads set contact_id = %s", (contact,))
    for direction, day in (("out", 1), ("in", 2)):
        put(
            before, "messages", **here, id=uuid4(), lead_id=LEAD, channel="email", direction=direction,
            purpose="service", state="sent", created_at=f"2024-01-0{day}T10:00:00Z",
        )  # fmt: skip
    upgrade()
    query = "select key, is_active, starts, rule, steps from sequences where starts = 'rule' order by position"
    rows = before.execute(query).fetchall()
    assert rows == [
        (each.key, False, "rule", each.rule, to_raw(each.steps)) for each in SEQUENCES if each.stage is None
    ]
    versions = "select count(*) from sequence_versions v join sequences s on s.id = v.sequence_id and s.steps = v.steps"
    assert before.execute(f"{versions} where s.starts = 'rule'").fetchone() == (3,)
    query = "select contact_id, lead_id, state, last_direction, unread_count from conversations"
    assert before.execute(query).fetchall() == [(contact, LEAD, "open", "in", 1)]
    downgrade(revision="0005")
    upgrade()
    assert before.execute("select count(*) from sequences where starts = 'rule'").fetchone() == (3,)
