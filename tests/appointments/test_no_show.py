"""A visit at which nobody was there: staff say so on the lead, and what follows on that begins."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence


@pytest.fixture
def visit(world: Any, make_lead: Any) -> Appointment:
    """Hannah Cole's, an hour ago."""
    lead, began = make_lead(name="Hannah Cole", phone="07700 900318"), utcnow() - timedelta(hours=1)
    made = Appointment(lead_id=lead.id, starts_at=began, ends_at=began + timedelta(hours=1), status="set")
    db.session.add(made)
    db.session.commit()
    return made


def test_saying_so_begins_the_sequence_once(alice: Any, visit: Appointment) -> None:
    assert "Nobody was there</button>" in alice.get(f"/w/wells/leads/{visit.lead_id}/slots", hx=True).text
    for _ in range(2):
        page = alice.post(f"/w/wells/visits/{visit.id}/no-show", hx=True)
        assert page.status_code == 200 and "Nobody was there</button>" not in page.text
    db.session.refresh(visit)
    assert visit.outcome == "no_show"
    key = select(Sequence.id).where(Sequence.key == "no_show").scalar_subquery()
    [way] = db.session.scalars(select(Enrolment).where(Enrolment.sequence_id == key))
    assert (way.state, way.started_how) == ("active", "rule")
    steps = db.session.scalars(select(FollowUp.step_key).where(FollowUp.enrolment_id == way.id)).all()
    assert set(steps) == {"text", "silent"}
    told = select(Activity.event).where(Activity.kind == "appointment")
    assert db.session.scalars(told).all() == ["appointment.no_show"]
    assert "Nobody was there" in alice.get(f"/w/wells/leads/{visit.lead_id}/page").text


def test_not_before_its_time_and_not_when_it_ended_otherwise(alice: Any, dave: Any, visit: Appointment) -> None:
    url = f"/w/wells/visits/{visit.id}/no-show"
    assert dave.post(url).status_code == 403
    visit.outcome = "showed"
    db.session.commit()
    assert alice.post(url, hx=True).status_code == 409
    visit.outcome, visit.starts_at = None, utcnow() + timedelta(hours=1)
    db.session.commit()
    assert "still to come" in alice.post(url, hx=True).text
    assert db.session.scalars(select(Appointment.outcome)).all() == [None]
