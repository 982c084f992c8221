"""Somebody with two workspaces: inside the one, nothing of the other is there."""

from sqlalchemy import select

from app.core.tenancy import NOWHERE, Scope, enter
from app.extensions import db
from app.workspaces.models import Membership, Workspace
from app.workspaces.queries import members, places_of
from tests.support.client import Client
from tests.support.world import World


def in_both(world: World) -> None:
    with world.mallory.acting():
        db.session.add(Membership(user_id=world.alice.user_id, role="owner"))
        db.session.commit()


def test_each_workspace_stands_alone(world: World) -> None:
    in_both(world)
    with world.alice.acting():
        assert db.session.scalars(select(Workspace.slug)).all() == ["wells"]
        assert {row.workspace_id for row in db.session.scalars(select(Membership))} == {world.workspace_id}
        assert sum(member.user_id == world.alice.user_id for member in members()) == 1
    enter(Scope(None, world.alice.user_id, "none"))
    assert [place.slug for place in places_of(world.alice.user_id)] == ["rival", "wells"]
    enter(NOWHERE)


def test_leads_are_made_in_either(world: World, alice: Client) -> None:
    in_both(world)
    typed = {"name": "Hannah Cole", "phone": "07700 900123", "service": "window_cleaning", "source_key": "phone"}
    for slug in ("wells", "rival"):
        answer = alice.post(f"/w/{slug}/leads/new", data=typed)
        assert answer.status_code == 303, slug
        assert answer.headers["Location"].startswith(f"/w/{slug}/leads/")
