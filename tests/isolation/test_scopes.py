"""What each role sees of one's own workspace, and that the database, not the page, is what refuses."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.contacts.models import Contact
from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead, SearchToken
from tests.support.world import World, add_member


@pytest.fixture
def leads(world: World, make_lead) -> dict[str, UUID]:
    """Three leads: Bob's, nobody's, and another salesman's, whom Carol visits."""
    erin = add_member(world, "erin", "sales")
    made = {
        "bobs": make_lead(name="Of Bob", owner_id=world.bob.user_id),
        "nobodys": make_lead(name="Of Nobody"),
        "erins": make_lead(name="Of Erin", owner_id=erin.user_id),
    }
    now = utcnow()
    visit = Appointment(lead_id=made["erins"].id, user_id=world.carol.user_id, starts_at=now, ends_at=now)
    db.session.add(visit)
    db.session.commit()
    return {name: lead.id for name, lead in made.items()}


SEEN = {
    "alice": {"bobs", "nobodys", "erins"},
    "bob": {"bobs", "nobodys"},
    "erin": {"nobodys", "erins"},
    "carol": {"erins"},
    "dave": {"bobs", "nobodys", "erins"},
}


@pytest.mark.parametrize("who", SEEN)
def test_a_role_sees_its_leads_and_what_hangs_on_them(world: World, leads, sign_in, who: str) -> None:
    names = {lead_id: name for name, lead_id in leads.items()}
    with world.people[who].acting():
        assert {names[each] for each in db.session.scalars(select(Lead.id))} == SEEN[who]
        assert {contact.name for contact in db.session.scalars(select(Contact))} == {
            f"Of {name.removesuffix('s').title()}" for name in SEEN[who]
        }
        for table in (Activity, SearchToken):
            assert {names[each] for each in db.session.scalars(select(table.lead_id).distinct())} == SEEN[who]
    browser = sign_in(world.people[who])
    answers = {name: browser.get(f"/w/wells/leads/{lead_id}").status_code for name, lead_id in leads.items()}
    assert answers == {name: 200 if name in SEEN[who] else 404 for name in leads}


@pytest.mark.parametrize("who", SEEN)
def test_a_search_finds_what_one_may_see(world: World, leads, sign_in, who: str) -> None:
    found = sign_in(world.people[who]).post("/w/wells/search", data={"q": "Of"}, hx=True).text
    found = re.sub("</?mark>", "", found)
    assert {name for name in leads if f"Of {name.removesuffix('s').title()}" in found} == SEEN[who]


def test_an_onlooker_writes_nothing_whatever_the_code_says(world: World, leads) -> None:
    with world.dave.acting():
        for statement in (
            "update leads set priority = 'urgent'", "delete from leads", "update workspaces set name = 'Dave and Co'",
            "delete from outbox", "update contacts set name_sealed = name_sealed",
        ):  # fmt: skip
            assert db.session.execute(text(statement)).rowcount == 0, statement
        with pytest.raises(ProgrammingError, match="row-level security"), db.session.begin_nested():
            db.session.execute(
                text("insert into pipelines (workspace_id, id, name, position) values (:w, gen_random_uuid(), 'x', 1)"),
                {"w": world.workspace_id},
            )


def test_nobody_rewrites_the_audit_log(world: World, leads) -> None:
    for statement in ("update audit_entries set action = 'nothing'", "delete from audit_entries"):
        with pytest.raises(Exception, match="only ever added"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_a_scope_does_not_outlive_its_block_nor_a_savepoint(world: World, leads) -> None:
    """A setting local to the transaction survives a released savepoint; the blank scope must be told each time."""
    with world.mallory.acting(), db.session.begin_nested():
        assert db.session.scalars(select(Lead.id)).all() == []
    assert len(db.session.scalars(select(Lead.id)).all()) == 3
    from app.core import tenancy

    before = tenancy.current_scope()
    tenancy.enter(tenancy.NOWHERE)
    assert db.session.scalars(select(Lead.id)).all() == []
    tenancy.enter(before)


@pytest.mark.commits
def test_a_pooled_connection_carries_nobody_over(app, database) -> None:
    """Two workspaces by turns over one connection: each request begins blank."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from app.core.tenancy import acting_in
    from tests.support.world import make_world

    world = make_world()
    engine = create_engine(database.url, pool_size=1, max_overflow=0)
    try:
        for _ in range(20):
            for member in (world.alice, world.mallory):
                with acting_in(member.workspace_id, user_id=member.user_id), Session(engine) as session:
                    assert session.scalars(text("select slug from workspaces")).all() == [member.slug]
            with acting_in(None, sees="none"), Session(engine) as session:
                assert session.scalars(text("select slug from workspaces")).all() == []
    finally:
        engine.dispose()
