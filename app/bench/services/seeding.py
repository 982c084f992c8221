"""Making a workspace for measuring, and filling it from several processes."""

import multiprocessing
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from app.accounts.models import User
from app.accounts.services import create_account
from app.bench.services.making import Batch, Setting
from app.core import access_keys
from app.core.clock import utcnow
from app.core.many_rows import insert_rows
from app.core.permissions import SYSTEM
from app.core.tenancy import NOWHERE, acting_in, current_workspace_id, enter
from app.core.transactions import transaction
from app.extensions import db
from app.followups.models import Sequence
from app.lead_forms.models import LeadForm
from app.leads.models import LeadNumberCounter, LeadSource, Stage
from app.workspaces.defaults import CONSENT_WORDING, THANK_YOU
from app.workspaces.models import Membership, Workspace
from app.workspaces.services import create_workspace

PASSWORD = "thirty-otters-on-a-raft-2026"
#: Forms of the workspace: a minute of load must not look like a flood to any one of them.
FORMS = 40
#: The people of a workspace, its owner first.
PEOPLE = ("Olive Owner", "Sam Seller", "Robin Rounds", "Jo Jobs", "Kim Kerb")
_YEARS = timedelta(days=3 * 365)
#: So many leads are written at once: their counters' rows stay locked for a moment only.
_BATCH = 500
_ORDER = (
    "contacts", "properties", "leads", "search_tokens", "stage_changes", "activities", "enrolments",
    "follow_ups", "outbox",
)  # fmt: skip


def form_key(slug: str, number: int) -> str:
    """The key of the workspace's form with this number, from 0 to FORMS - 1."""
    return f"{slug}-form-{number}"


def email_of(slug: str, name: str = PEOPLE[0]) -> str:
    """The address by which one of the workspace's people signs in, its owner by default."""
    return f"{name.split()[0].lower()}@{slug}.example.com"


def seed_workspace(slug: str, leads: int, processes: int) -> bool:
    """Make the workspace with that many leads; False when it is there already.

    `processes` seal and write at once; a single one is this.
    The forms are made last: without them the filling was broken off, which raises RuntimeError.
    """
    if access_keys.is_taken("form", form_key(slug, FORMS - 1)):
        return False
    if access_keys.is_taken("slug", slug):
        raise RuntimeError(f"{slug} is half made. Begin with an empty database.")
    with transaction():
        setting = _make_place(slug, leads)
    db.session.remove()
    shares = [range(start, min(start + _BATCH, leads)) for start in range(0, leads, _BATCH)]
    if processes == 1:
        _write(setting, shares)
    else:
        _share_out(setting, shares, processes)
    with acting_in(setting.workspace_id), transaction():
        _add_forms(slug)
        for year in range(setting.begun.year, setting.ended.year + 1):
            last = setting.first_of(year + 1) if year < setting.ended.year else leads
            db.session.add(
                LeadNumberCounter(
                    workspace_id=setting.workspace_id, year=year, last=last - setting.first_of(year)
                )
            )  # fmt: skip
    enter(NOWHERE)
    return True


def analyse() -> None:
    """Let PostgreSQL count anew what it plans by, and note which pages all can see, as autovacuum would by and by.

    The app's role owns no table, so this needs the owner (MIGRATION_DATABASE_URL); without it nothing happens.
    """
    from flask import current_app
    from sqlalchemy import create_engine

    owner = create_engine(current_app.extensions["config"].migration_database_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("vacuum (analyze)"))
    owner.dispose()


def _make_place(slug: str, leads: int) -> Setting:
    people = [
        create_account(name, email_of(slug, name), PASSWORD) for name in PEOPLE
    ]
    workspace = create_workspace(f"Bench {leads}", slug, people[0], SYSTEM)
    db.session.add_all(Membership(user_id=person.id, role="sales") for person in people[1:])
    db.session.flush()
    return _setting(workspace, leads, people)


def _setting(workspace: Workspace, leads: int, people: list[User]) -> Setting:
    stages = db.session.scalars(select(Stage)).all()
    keys = {stage.id: stage.key for stage in stages}
    plans: dict[str, tuple[UUID, str, str, str]] = {}
    for sequence in db.session.scalars(select(Sequence).where(Sequence.starts == "stage")):
        first = sequence.steps[0]
        plans[keys[sequence.stage_id]] = (sequence.id, first["key"], first["kind"], first["title"])
    plans.pop("not_in_area", None)
    now = utcnow()
    sources = db.session.scalars(select(LeadSource).order_by(LeadSource.id))
    return Setting(
        workspace_id=workspace.id, prefix=workspace.lead_number_prefix, leads=leads, begun=now - _YEARS, ended=now,
        stages={stage.key: (stage.id, stage.name) for stage in stages}, plans=plans,
        sources=tuple((source.id, source.key) for source in sources),
        owners=tuple(person.id for person in people),
    )  # fmt: skip


def _share_out(setting: Setting, shares: list[range], processes: int) -> None:
    """Let several processes seal and write at once."""
    with multiprocessing.get_context("spawn").Pool(processes) as hands:
        # Foreign keys are checked by plans made while the tables were empty; some of those read a whole workspace.
        hands.apply(_fill, (setting, shares[:1]))
        analyse()
        rest = shares[1:]
        hands.starmap(_fill, [(setting, rest[hand::processes]) for hand in range(processes)], chunksize=1)


def _fill(setting: Setting, shares: list[range]) -> None:
    """Write some batches, in a process of its own."""
    from app import create_app

    with create_app().app_context():
        _write(setting, shares)
        db.session.remove()


def _write(setting: Setting, shares: list[range]) -> None:
    with acting_in(setting.workspace_id):
        for numbers in shares:
            batch = Batch(setting, numbers)
            with transaction():
                for name in _ORDER:
                    insert_rows(db.metadata.tables[name], batch.rows[name])


def _add_forms(slug: str) -> None:
    source_id = db.session.execute(select(LeadSource.id).where(LeadSource.key == "website_form")).scalar_one()
    for number in range(FORMS):
        form = LeadForm(
            key=form_key(slug, number), name=f"Bench form {number}", source_id=source_id,
            consent_wording=CONSENT_WORDING, thank_you=THANK_YOU,
        )  # fmt: skip
        db.session.add(form)
        access_keys.register("form", form.key, current_workspace_id(), form.id)
