"""Moving many leads: where they may go, and taking back just that move."""

import pytest
from sqlalchemy import update

from app.extensions import db
from app.leads.services import get_lead, move_to_stage, stage_by_key
from app.workspaces.models import Membership
from tests.bulk_acts.test_acting import act_on, undo, values


@pytest.fixture
def leads(make_lead):
    """The ids of three leads of nobody's."""
    return [make_lead(name=name).id for name in ("Ann Ash", "Ben Birch", "Cat Cedar")]


def test_a_day_to_return_on_that_is_past_is_refused_before_anything_moves(alice, leads):
    first, declined = values(leads, "stage_id"), stage_by_key("declined").id
    refused = act_on(alice, leads, f"move:{declined}", reason_key="not_now", returns_on="2020-03-01")
    assert refused.status_code == 422 and "Choose a day from tomorrow on" in refused.text
    assert values(leads, "stage_id") == first


def test_undoing_leaves_what_was_moved_on_and_back_where_it_is(world, alice, leads):
    first = values(leads, "stage_id")[0]
    contacted, hot = stage_by_key("contacted").id, stage_by_key("hot_lead").id
    act_on(alice, leads, f"move:{contacted}")
    for stage_id in (hot, contacted):
        move_to_stage(leads[0], stage_id, world.alice.actor)
    db.session.commit()
    assert undo(alice).status_code == 200
    assert values(leads, "stage_id") == [contacted, first, first]


def test_who_may_no_longer_do_it_does_not_undo_it_either(world, bob, make_lead):
    """What is put back is done as well: leads given away, messages taken back."""
    as_manager = update(Membership).where(Membership.user_id == world.bob.user_id)
    db.session.execute(as_manager.values(role="manager"))
    lead = make_lead(name="Ann Ash")
    db.session.commit()
    act_on(bob, [lead.id], f"assign:{world.bob.user_id}")
    db.session.execute(as_manager.values(role="sales"))
    db.session.commit()
    assert undo(bob).status_code == 403
    db.session.expire_all()
    assert get_lead(lead.id).owner_id == world.bob.user_id
