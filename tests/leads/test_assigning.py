"""New leads are shared out: in turn, by area, by load, or not at all; fairly also when many come in at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.activities.models import Activity
from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import LeadDraft, create_lead
from app.notifications.models import Notification
from app.workspaces.models import Membership, Workspace
from tests.support.client import Client
from tests.support.world import World, add_member

MOST_STATEMENTS = 27  # two to choose, two for the line of the timeline and its audit, one for the bell


@pytest.fixture
def sellers(world: World) -> list[Any]:
    """Two sellers, Bob and Erin."""
    return [world.bob, add_member(world, "erin", "sales")]


def test_nobody_gets_a_lead_as_long_as_it_is_off(world: World, make_lead: Any) -> None:
    share_out(world, "off", bob=[])
    assert make_lead().owner_id is None


def test_in_turn(world: World, sellers: list[Any], make_lead: Any) -> None:
    share_out(world, "round_robin", bob=[], erin=[])
    owners = [make_lead().owner_id for _ in range(6)]
    assert Counter(owners) == {world.bob.user_id: 3, world.erin.user_id: 3}
    assert all(one != other for one, other in zip(owners, owners[1:], strict=False))


def test_by_area_with_the_rest_for_whoever_has_none(world: World, sellers: list[Any], make_lead: Any) -> None:
    share_out(world, "area", bob=["BA5", "BA6"], erin=[])
    assert make_lead(postcode="BA5 2QJ").owner_id == world.bob.user_id
    assert make_lead(postcode="BA6 9AA").owner_id == world.bob.user_id
    assert make_lead(postcode="TA1 1AA").owner_id == world.erin.user_id
    assert make_lead(postcode=None).owner_id == world.erin.user_id


def test_by_area_a_lead_from_where_nobody_goes_waits(world: World, make_lead: Any) -> None:
    share_out(world, "area", bob=["BA5"])
    assert make_lead(postcode="TA1 1AA").owner_id is None


def test_by_load_counts_unfinished_leads_only(world: World, sellers: list[Any], make_lead: Any) -> None:
    for _ in range(3):
        make_lead(owner_id=world.bob.user_id)
    for _ in range(9):
        make_lead(owner_id=world.erin.user_id, stage_key="declined")
    share_out(world, "load", bob=[], erin=[])
    assert [make_lead().owner_id for _ in range(3)] == [world.erin.user_id] * 3


def test_the_timeline_says_who_and_why_and_the_bell_rings(alice: Client, world: World, make_lead: Any) -> None:
    share_out(world, "area", bob=["BA5"])
    lead = make_lead(postcode="BA5 2QJ")
    line = db.session.scalars(select(Activity).where(Activity.event == "lead.assigned")).one()
    assert (line.actor_kind, line.data["why"], line.data["district"]) == ("system", "area", "BA5")
    shown = alice.get(f"/w/wells/leads/{lead.id}/timeline").text
    assert "Assigned to Bob Baker" in shown and "area BA5" in shown
    with world.bob.acting():
        told = db.session.scalars(select(Notification)).one()
    assert (told.user_id, told.kind, told.lead_id, told.actor_id) == (world.bob.user_id, "assigned", lead.id, None)


def test_who_has_an_owner_or_lives_elsewhere_is_left_alone(world: World, make_lead: Any) -> None:
    share_out(world, "round_robin", bob=[])
    assert make_lead(owner_id=world.alice.user_id).owner_id == world.alice.user_id
    assert make_lead(stage_key="not_in_area").owner_id is None


@pytest.mark.parametrize("change", [{"takes_leads": False}, {"role": "crew"}, {"deactivated_at": utcnow()}])
def test_who_can_take_no_leads_gets_none(world: World, make_lead: Any, change: dict[str, Any]) -> None:
    share_out(world, "round_robin", bob=[])
    db.session.execute(update(Membership).where(Membership.user_id == world.bob.user_id).values(**change))
    db.session.commit()
    assert make_lead().owner_id is None


def test_it_costs_few_statements(world: World, make_lead: Any, count_sql: Any) -> None:
    make_lead()
    with count_sql() as off:
        make_lead()
    share_out(world, "load", bob=[])
    with count_sql() as by_load:
        make_lead()
    assert len(off) <= 20, "\n".join(off)
    assert len(by_load) <= MOST_STATEMENTS, "\n".join(by_load)


@pytest.mark.commits
def test_leads_that_come_in_at_once_are_shared_fairly(app: Flask, world: World, sellers: list[Any]) -> None:
    share_out(world, "round_robin", bob=[], erin=[])

    def enquire(number: int) -> None:
        with app.app_context(), world.alice.acting() as actor:
            create_lead(LeadDraft(name=f"Caller {number}", phone=f"07700 9{number:05d}"), actor)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(enquire, range(24)))
    owners = Counter(db.session.scalars(select(Lead.owner_id)))
    assert owners == {world.bob.user_id: 12, world.erin.user_id: 12}


def share_out(world: World, mode: str, **takers: list[str]) -> None:
    """Set the rule and who takes leads from where."""
    db.session.execute(update(Workspace).values(assignment_mode=mode).where(Workspace.id == world.workspace_id))
    for name, districts in takers.items():
        user_id = getattr(world, name).user_id
        db.session.execute(
            update(Membership)
            .where(Membership.user_id == user_id)
            .values(takes_leads=True, districts=districts, last_assigned_at=None)
        )
    db.session.commit()
    db.session.expire_all()
