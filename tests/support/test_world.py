"""The people of the tests are who they say, and their browsers keep apart."""

from sqlalchemy import select, text

from app.extensions import db
from app.leads.models import Lead, StageCounter
from app.leads.services import stage_by_key


def test_everyone_has_their_place(world) -> None:
    assert {name: member.role for name, member in world.people.items()} == {
        "alice": "owner", "bob": "sales", "carol": "crew", "dave": "viewer", "mallory": "owner",
    }  # fmt: skip
    assert world.workspace_id != world.other_workspace_id


def test_a_lead_is_counted_as_at_a_commit(world, make_lead) -> None:
    lead = make_lead(price_minor=2400)
    counter = db.session.scalars(select(StageCounter).where(StageCounter.stage_id == lead.stage_id)).one()
    assert (lead.stage_id, counter.leads) == (stage_by_key("new").id, 1)


def test_acting_as_another_is_undone(world, make_lead) -> None:
    make_lead()
    with world.mallory.acting():
        assert db.session.scalars(select(Lead)).all() == []
    assert len(db.session.scalars(select(Lead)).all()) == 1


def test_work_runs_when_due(world, make_lead, run_outbox, make_due) -> None:
    make_lead()
    run_outbox()
    waiting = db.session.scalar(text("select count(*) from outbox where state = 'ready'"))
    assert make_due() == waiting


def test_browsers_do_not_mix(world, alice, mallory, client) -> None:
    assert alice.get("/w/wells/leads/board").status_code == 200
    assert mallory.get("/w/wells/leads/board").status_code == 404
    assert client.get("/w/wells/leads/board").status_code == 303
    assert alice.get("/w/wells/leads/board").status_code == 200


def test_statements_are_counted(world, count_sql) -> None:
    with count_sql() as statements:
        db.session.execute(text("select 1"))
    assert statements == ["select 1"]
