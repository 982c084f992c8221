"""Visits that somebody was to make who leaves: the others see them, and the leads say so."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.models import Membership


@pytest.fixture
def visits(world: Any, make_lead: Any) -> dict[str, Appointment]:
    """Three of Carol's (one made, one called off, one soon), and one of Bob's."""
    now, lead = utcnow(), make_lead(name="Hannah Cole")
    made = {
        name: Appointment(
            lead_id=lead.id, user_id=who.user_id, starts_at=now + timedelta(minutes=after), status=status,
            ends_at=now + timedelta(minutes=after + 5),
        )
        for name, who, after, status in (
            ("made", world.carol, -60, "set"), ("off", world.carol, 30, "cancelled"), ("soon", world.carol, 20, "set"),
            ("bobs", world.bob, 20, "set"),
        )
    }  # fmt: skip
    db.session.add_all(made.values())
    db.session.commit()
    return made


def test_nobody_is_set_for_what_is_to_come(world: Any, alice: Any, visits: dict[str, Appointment]) -> None:
    soon = visits["soon"]
    assert "Hannah Cole" not in day_of(alice)
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.carol.user_id)).one()
    assert alice.post(f"/w/wells/settings/members/{member.id}/deactivate").status_code == 303
    db.session.expire_all()
    carols, bobs = world.carol.user_id, world.bob.user_id
    left = {name: each.user_id for name, each in visits.items()}
    assert left == {"made": carols, "off": carols, "soon": None, "bobs": bobs}
    assert "Hannah Cole" in day_of(alice)
    [line] = db.session.scalars(select(Activity).where(Activity.event == "appointment.freed"))
    assert line.subject_id == soon.id
    assert "Nobody is set for the visit any more" in alice.get(f"/w/wells/leads/{soon.lead_id}/page").text


def test_who_only_looks_on_from_now_on_goes_nowhere(world: Any, alice: Any, visits: dict[str, Appointment]) -> None:
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.carol.user_id)).one()
    for role, who in (("sales", world.carol.user_id), ("viewer", None)):
        assert alice.post(f"/w/wells/settings/members/{member.id}/role", data={"role": role}).status_code == 303
        db.session.expire_all()
        assert visits["soon"].user_id == who
    assert "Hannah Cole" in day_of(alice)


def test_visits_to_the_leaver_s_own_leads_are_seen_before_those_are_handed_on(
    world: Any, alice: Any, visits: dict[str, Appointment]
) -> None:
    lead = db.session.get_one(Lead, (world.alice.workspace_id, visits["bobs"].lead_id))
    lead.owner_id = world.bob.user_id
    db.session.commit()
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    assert alice.post(f"/w/wells/settings/members/{member.id}/deactivate").status_code == 303
    assert "Hannah Cole" in day_of(alice)


def test_who_leaves_without_visits_leaves_no_line(world: Any, alice: Any, visits: dict[str, Appointment]) -> None:
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.dave.user_id)).one()
    assert alice.post(f"/w/wells/settings/members/{member.id}/deactivate").status_code == 303
    assert db.session.scalars(select(Activity).where(Activity.event == "appointment.freed")).all() == []


def day_of(browser: Any) -> str:
    """The visits of somebody's My day."""
    return browser.get("/w/wells/my-day").text.partition('<section class="day-visits"')[2].partition("</section>")[0]
