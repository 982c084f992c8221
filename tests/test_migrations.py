"""The migrations make what the models say, and a release can be taken back: down and up again, with people's rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select, text
from werkzeug.routing import Rule

from app.activities.models import KINDS as ACTIVITY_KINDS
from app.activities.models import Activity
from app.bulk_acts.models import KINDS as BULK_KINDS
from app.bulk_acts.models import BulkAct
from app.config import ROOT
from app.core import access_keys
from app.core.clock import utcnow
from app.core.ids import new_id
from app.embedded.postgres import OWNER
from app.extensions import db
from app.followups.models import KINDS as ACT_KINDS
from app.followups.models import Enrolment, FollowUp, Sequence
from app.leads.models import Lead, ListPreference, StageCounter
from app.leads.services import put_in_bin
from app.notifications.models import KINDS as NOTIFICATION_KINDS
from app.notifications.models import Notification
from app.squeegee.models import TransferCall
from app.squeegee.models.transfers import STEPS
from tests.isolation.records import Records, make_records, workspace_rules
from tests.support.database import WorkerDatabase, WorldDatabase, reaching
from tests.support.leads import make_lead
from tests.support.world import Member, World, browser

WORDS = "Ring about the conservatory roof"
SCHEMA = text(
    "select relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, relacl) from pg_class"
    "  where relnamespace = 'public'::regnamespace"
    " union all select attrelid::regclass || '.' || attname,"
    "  concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) from pg_attribute"
    "  join pg_class on pg_class.oid = attrelid and relkind = 'r' and relnamespace = 'public'::regnamespace"
    "  left join pg_attrdef on adrelid = attrelid and adnum = attnum where attnum > 0 and not attisdropped"
    " union all select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || condeferred"
    "  from pg_constraint where connamespace = 'public'::regnamespace"
    " union all select indexname, indexdef from pg_indexes where schemaname = 'public'"
    " union all select tablename || '.' || policyname, concat_ws(' ', permissive, roles, cmd, qual, with_check)"
    "  from pg_policies where schemaname = 'public'"
    " union all select tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
    " union all select oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(oid), proacl) from pg_proc"
    "  where pronamespace = 'public'::regnamespace"
)


@pytest.fixture
def lived_in(
    app: Flask, database: WorkerDatabase, made_world: WorldDatabase, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A database of its own with two workspaces at work in it. The migrations run there as its tables' owner."""
    postgres, name = database.postgres, f"{database.name}_migrations"
    made_world.engine.dispose()  # a template may have no connections
    postgres.drop_database(name)
    postgres.create_database(name, template=made_world.name)
    engine = database.engine_to(name)
    monkeypatch.setitem(app.config, "MIGRATION_DATABASE_URL", postgres.url(OWNER, name))
    with reaching(app, engine):
        yield made_world.world()
    engine.dispose()
    postgres.drop_database(name)


def test_each_step_goes_down_and_up_with_rows_in_it(
    app: Flask, lived_in: World, kept_in_memory: list[dict[Any, Any]]
) -> None:
    """The demo in all but size: rows of every kind that a release has added, in two workspaces.

    They stand behind walls that hold the owner of the tables too: what a downgrade deletes, it has to see first.
    """
    owners = [(owner, at_work(owner)) for owner in (lived_in.alice, lived_in.mallory)]
    made, chased = schema(), [chases(owner) for owner, _ in owners]
    for revision, below in steps():
        before = schema()
        downgrade(revision=below)
        upgrade(revision=revision)
        assert schema() == before, f"{revision}, down and up again"
        downgrade(revision=below)
    upgrade()
    for memory in kept_in_memory:
        memory.clear()  # as the start of web does that belongs to a release

    assert schema() == made
    assert [chases(owner) for owner, _ in owners] == chased
    for owner, records in owners:
        assert not_answering(app, owner, records) == []
        assert counted(owner) == on_desk(owner)
        assert WORDS in planned(owner)


def test_all_goes_away_and_comes_back(lived_in: World, capsys: pytest.CaptureFixture[str]) -> None:
    at_work(lived_in.alice)
    made = schema()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    downgrade(revision="base")
    assert [name for name, _ in schema() if "alembic_version" not in name] == []
    capsys.readouterr()
    upgrade()
    assert schema() == made
    named = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert named == ["Up to 0001", *(f"Up to {revision}" for revision, _ in reversed(steps()))]


def steps() -> list[tuple[str, str]]:
    """Each revision with the one below it, from the head down; the first has no rows below it."""
    found = ScriptDirectory(str(ROOT / "migrations")).walk_revisions()
    return [(each.revision, str(each.down_revision)) for each in found if each.down_revision]


def schema() -> list[tuple[str, str]]:
    """All that the migrations make, by name. Lets go of the connection: a step would wait for its locks."""
    db.session.remove()
    with db.engine.connect() as connection:
        found = sorted((str(name), str(what)) for name, what in connection.execute(SCHEMA))
    db.engine.dispose()  # and what is prepared on it would not fit below
    return found


def at_work(owner: Member) -> Records:
    """Fill a workspace: a record of each kind that pages know, and rows of all kinds that came with some release."""
    records = make_records(owner)
    lead_id, now = records.ids["lead_id"], utcnow()
    with owner.acting() as actor:
        for kind in access_keys.KINDS:
            access_keys.register(kind, access_keys.new_secret(), owner.workspace_id, new_id())
        db.session.add_all([
            *(Notification(user_id=owner.user_id, kind=kind, lead_id=lead_id) for kind in NOTIFICATION_KINDS),
            *(BulkAct(user_id=owner.user_id, kind=kind) for kind in BULK_KINDS),
            *(Activity(lead_id=lead_id, kind=kind, event="x", actor_kind="system") for kind in ACTIVITY_KINDS),
            *(FollowUp(lead_id=lead_id, kind=kind, title="Call", due_at=now, state="done") for kind in ACT_KINDS),
            *(TransferCall(transfer_id=records.ids["transfer_id"], step=step, request="{}") for step in STEPS),
            FollowUp(lead_id=lead_id, kind="task", title="Task", words=WORDS, due_at=now),
            ListPreference(
                workspace_id=owner.workspace_id, user_id=owner.user_id, board_view_id=records.ids["view_id"]
            ),
        ])  # fmt: skip
        put_in_bin(make_lead(actor).id, actor)
        db.session.commit()
    return records


def chases(owner: Member) -> tuple[list[Any], int]:
    """What stages plan by themselves, and how many leads on the desk are under way on it."""
    by_stage = select(Sequence.key, Sequence.is_active).where(Sequence.starts == "stage").order_by(Sequence.key)
    under_way = select(func.count()).where(
        Enrolment.state == "active", Enrolment.started_how == "stage", Lead.id == Enrolment.lead_id,
        Lead.shelf == "desk",
    )  # fmt: skip
    with owner.acting():
        return list(db.session.execute(by_stage)), db.session.scalars(under_way).one()


def not_answering(app: Flask, owner: Member, records: Records) -> list[tuple[str, int]]:
    """Pages of the workspace, and its lead's, that do not answer."""
    client = browser(app, owner)
    rules = [rule for rule in workspace_rules(app) if is_page(rule) and rule.arguments == {"slug"}]
    paths = [f"/w/{owner.slug}/leads/{records.ids['lead_id']}/page"]
    paths += [records.path(rule, owner.slug) for rule in rules]
    found = [(path, client.get(path).status_code) for path in paths]
    assert len(found) > 40
    return [(path, code) for path, code in found if code >= 400]


def is_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and rule.endpoint != "live.events"


def counted(owner: Member) -> dict[Any, Any]:
    """The kept counts of stages."""
    kept = select(StageCounter.stage_id, func.sum(StageCounter.leads)).group_by(StageCounter.stage_id)
    with owner.acting():
        return {stage: int(leads) for stage, leads in db.session.execute(kept) if leads}


def on_desk(owner: Member) -> dict[Any, Any]:
    """The same, counted."""
    found = select(Lead.stage_id, func.count()).where(Lead.shelf == "desk").group_by(Lead.stage_id)
    with owner.acting():
        return dict(db.session.execute(found).all())


def planned(owner: Member) -> list[str]:
    """What is planned, by the names that people see."""
    with owner.acting():
        return [each.name for each in db.session.scalars(select(FollowUp).where(FollowUp.state == "planned"))]
