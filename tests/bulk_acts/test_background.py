"""Acts that are too large for a request: the worker does them piece by piece, each lead once."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text, update

from app.activities.models import Activity
from app.bulk_acts import jobs
from app.bulk_acts.models import BulkAct, BulkActLead
from app.bulk_acts.services import KINDS, finishing, starting, undoing
from app.core import outbox
from app.core.tenancy import acting_in
from app.extensions import db
from app.leads.models import Lead
from app.notifications.models import Notification
from app.workspaces.models import Membership
from tests.bulk_acts.test_acting import act_on, undo


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """As if two leads were many: acts on more than one go to the worker, which takes two leads a turn."""
    few = {key: replace(kind, at_once=1) for key, kind in KINDS.items()}
    for module in (starting, finishing, undoing):
        monkeypatch.setattr(module, "KINDS", few)
    monkeypatch.setattr(jobs, "PIECE", 2)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0.0)


@pytest.fixture
def leads(make_lead):
    """The ids of five leads."""
    return [make_lead().id for _ in range(5)]


def act() -> BulkAct:
    """The one act there is, as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(BulkAct)).one()


def turn() -> bool:
    """Let a worker have one turn at whatever bulk work is due."""
    with acting_in(None, sees="none"):
        rows = db.session.execute(text("select workspace_id, id from due_outbox(500)")).all()
    db.session.commit()
    kinds = dict(map(tuple, db.session.execute(select(outbox.OutboxItem.id, outbox.OutboxItem.kind))))
    mine = [(workspace_id, item_id) for workspace_id, item_id in rows if kinds.get(item_id) == jobs.RUN]
    for workspace_id, item_id in mine:
        outbox.run(workspace_id, item_id)
    return bool(mine)


def priorities() -> list[str]:
    """The priorities of all leads."""
    db.session.expire_all()
    return list(db.session.scalars(select(Lead.priority).order_by(Lead.id)))


def test_the_page_shows_how_far_it_has_got(alice, leads):
    answer = act_on(alice, leads, "priority:urgent")
    url = f"/w/{alice.slug}/bulk/{act().id}"

    assert "0 of 5" in answer.text
    assert f'data-live="bulk-{act().id}"' in answer.text
    assert turn()
    assert "2 of 5" in alice.get(url, hx=True).text
    while turn():
        pass

    assert "5 leads now urgent priority." in alice.get(url, hx=True).text
    assert "5 leads now urgent priority." in alice.get(url).text
    assert priorities() == ["urgent"] * 5


def test_each_lead_is_done_once_however_often_the_work_is_taken_up(alice, leads):
    act_on(alice, leads, "priority:urgent")
    turn()
    # A worker that was presumed dead comes back beside the next one.
    db.session.execute(text("update outbox set state = 'ready', run_at = now() where kind = 'bulk.run'"))
    db.session.commit()
    while turn():
        pass

    changes = select(func.count()).where(Activity.event == "lead.fact_changed").group_by(Activity.lead_id)
    assert db.session.scalars(changes).all() == [1] * 5
    assert (act().done, act().failed, act().state) == (5, 0, "done")


def test_the_one_who_asked_is_told_at_the_end(alice, world, leads, run_outbox):
    act_on(alice, leads, "archive")
    run_outbox()

    told = db.session.scalars(select(Notification)).one()
    assert (told.user_id, told.kind, told.data["done"]) == (world.alice.user_id, "bulk_done", 5)
    followed = alice.get(f"/w/{alice.slug}/notifications/{told.id}")
    assert followed.headers["Location"].endswith(f"/bulk/{act().id}")


def test_undoing_while_it_runs_stops_it_and_puts_back_what_was_done(alice, leads, run_outbox):
    act_on(alice, leads, "priority:urgent")
    turn()
    assert priorities().count("urgent") == 2

    undo(alice)
    run_outbox()

    assert priorities() == ["normal"] * 5
    assert act().state == "undone"


def test_undoing_a_large_act_is_done_in_pieces_too(alice, leads, run_outbox):
    act_on(alice, leads, "bin")
    run_outbox()

    assert "Undoing" in undo(alice).text
    run_outbox()

    assert set(db.session.scalars(select(Lead.shelf))) == {"desk"}
    assert "Undone: 5 leads as before." in alice.get(f"/w/{alice.slug}/bulk/{act().id}", hx=True).text


def test_a_lead_that_goes_out_of_sight_meanwhile_is_left_and_named(world, bob, leads, run_outbox):
    act_on(bob, leads, "priority:high")
    change = text("update leads set owner_id = :alice where id = :lead")
    db.session.execute(change, {"alice": world.alice.user_id, "lead": leads[0]})
    db.session.commit()

    run_outbox()

    assert (act().done, act().failed, act().state) == (4, 1, "done")
    assert db.session.scalars(select(BulkActLead.outcome).where(BulkActLead.lead_id == leads[0])).one() == "gone"


def test_what_someone_may_no_longer_do_is_not_done_for_them(world, bob, leads, run_outbox):
    act_on(bob, leads, "priority:high")
    db.session.execute(text("update memberships set role = 'viewer' where user_id = :id"), {"id": world.bob.user_id})
    db.session.commit()

    run_outbox()

    assert priorities() == ["normal"] * 5
    assert (act().done, act().failed, act().state) == (0, 5, "done")


def test_nobody_who_left_meanwhile_is_given_leads(world, alice, leads):
    act_on(alice, leads, f"assign:{world.bob.user_id}")
    assert turn()
    _leave(world.bob)
    while turn():
        pass
    owners = db.session.scalars(select(Lead.owner_id)).all()
    assert (owners.count(world.bob.user_id), owners.count(None)) == (2, 3)
    assert (act().state, act().done, act().failed) == ("done", 2, 3)


def test_undoing_ends_though_the_tag_is_gone_meanwhile(alice, leads):
    act_on(alice, leads, "tag:new", tag="Spring")
    while turn():
        pass
    db.session.execute(text("delete from lead_tags"))
    db.session.execute(text("delete from tags"))
    db.session.commit()
    assert undo(alice).status_code == 200
    while turn():
        pass
    assert act().state == "undone"
    said = alice.get(f"/w/{alice.slug}/bulk/{act().id}", hx=True).text
    assert "5 changed by someone since and left as they are." in said


def _leave(member) -> None:
    """Deactivate a member."""
    db.session.execute(
        update(Membership).where(Membership.user_id == member.user_id).values(deactivated_at=func.now())
    )
    db.session.commit()
