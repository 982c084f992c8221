"""The settings of how new leads are shared out, of the bin and of the month in which prices are reviewed."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.extensions import db
from app.workspaces.models import Membership, Workspace
from tests.support.client import Client
from tests.support.world import World

URL = "/w/wells/settings"


def test_the_rule_and_who_takes_leads_are_stored_together(alice: Client, world: World) -> None:
    bob = place_of(world.bob)
    answer = save(alice, "area", {f"takes_{bob.id}": "1", f"districts_{bob.id}": "ba5, BA7-BA9"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{URL}#assignment")
    stored = place_of(world.bob)
    assert (workspace().assignment_mode, stored.takes_leads) == ("area", True)
    assert stored.districts == ["BA5", "BA7", "BA8", "BA9"]
    page = alice.get(URL).text
    assert 'value="BA5, BA7, BA8, BA9"' in page
    assert re.search(rf'name="takes_{bob.id}" value="1" checked', page)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workspace.settings_changed")).one()
    assert "BA7" in (entry.after or "")


def test_only_who_works_on_leads_can_take_them(alice: Client, world: World) -> None:
    page = alice.get(URL).text
    assert "Districts of Bob Baker" in page and "Districts of Alice Archer" in page
    assert "Districts of Carol" not in page and "Districts of Dave" not in page
    carol = place_of(world.carol)
    assert save(alice, "round_robin", {f"takes_{carol.id}": "1"}).status_code == 422
    assert not place_of(world.carol).takes_leads


@pytest.mark.parametrize(
    ("mode", "typed", "said"),
    [
        ("lottery", {}, "Choose how new leads are shared out."),
        ("load", {}, "Tick at least one member"),
        ("area", {"takes": "1", "districts": "BA5, nowhere"}, "Not postcode districts: NOWHERE"),
    ],
)
def test_what_can_not_be_is_said_and_what_was_typed_stays(
    alice: Client, world: World, mode: str, typed: dict[str, str], said: str
) -> None:
    bob = place_of(world.bob)
    answer = save(alice, mode, {f"{name}_{bob.id}": value for name, value in typed.items()})
    assert answer.status_code == 422 and said in answer.text
    assert workspace().assignment_mode == "off"
    if typed:
        assert 'value="BA5, nowhere"' in answer.text and f'name="takes_{bob.id}" value="1" checked' in answer.text


def test_of_two_editors_the_second_is_told(alice: Client, world: World) -> None:
    bob, seen = place_of(world.bob), mark(alice)
    assert save(alice, "load", {f"takes_{bob.id}": "1"}).status_code == 303
    answer = save(alice, "off", {}, seen=seen)
    assert answer.status_code == 409 and "Someone else changed this" in answer.text
    assert workspace().assignment_mode == "load"


def test_who_mends_a_slip_still_hears_of_the_other_editor(alice: Client, world: World) -> None:
    bob, seen = place_of(world.bob), mark(alice)
    assert save(alice, "load", {f"takes_{bob.id}": "1"}).status_code == 303
    slip = save(alice, "load", {f"districts_{bob.id}": "nowhere"}, seen=seen)
    assert slip.status_code == 422 and f'name="seen" value="{seen}"' in slip.text
    assert save(alice, "off", {}, seen=seen).status_code == 409


def test_a_manager_sees_and_changes_nothing(bob: Client, world: World) -> None:
    db.session.execute(update(Membership).where(Membership.user_id == world.bob.user_id).values(role="manager"))
    db.session.commit()
    assert "Sharing out" in bob.get(URL).text
    assert bob.post(f"{URL}/sharing", data={"assignment_mode": "off"}).status_code == 403


def test_the_bin_s_days_and_the_month_of_prices(alice: Client) -> None:
    seen = re.search(r'value="lost"><input type="hidden" name="seen" value="(\w+)"', alice.get(URL).text)
    assert seen is not None
    body = {"section": "lost", "seen": seen[1], "bin_days": "0", "price_review_month": "9"}
    refused = alice.post(URL, data=body)
    assert refused.status_code == 422 and "from 1 to 365" in refused.text
    assert re.search(r'value="9"\s+selected', refused.text)
    assert alice.post(URL, data={**body, "bin_days": "60"}).status_code == 303
    assert (workspace().bin_days, workspace().price_review_month) == (60, 9)


def save(client: Client, mode: str, typed: dict[str, str], *, seen: str = "") -> Any:
    body = {"assignment_mode": mode, "seen": seen or mark(client), **typed}
    return client.post(f"{URL}/sharing", data=body)


def mark(client: Client) -> str:
    found = re.search(r'value="assignment"><input type="hidden" name="seen" value="(\w+)"', client.get(URL).text)
    assert found is not None
    return found[1]


def place_of(member: Any) -> Membership:
    db.session.expire_all()
    return db.session.scalars(select(Membership).where(Membership.user_id == member.user_id)).one()


def workspace() -> Workspace:
    db.session.expire_all()
    return db.session.scalars(select(Workspace).where(Workspace.slug == "wells")).one()
