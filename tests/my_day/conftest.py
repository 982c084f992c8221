"""Leads that wait for a call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services import plan_task, refresh_next_act
from app.leads.services import get_lead


@pytest.fixture
def waiting(world: Any, make_lead: Callable[..., Any]) -> Callable[..., Any]:
    """`waiting("Ann", late=timedelta(days=2))`: a lead of Alice's whose only act, by her stage's rule, is late."""

    def make(name: str, late: timedelta = timedelta(days=1), kind: str = "call", promised: bool = False, **draft: Any):
        lead = make_lead(name=name, **{"owner_id": world.alice.user_id, **draft})
        change_id = db.session.query(FollowUp.stage_change_id).filter(FollowUp.lead_id == lead.id).limit(1).scalar()
        db.session.execute(update(FollowUp).where(FollowUp.lead_id == lead.id).values(state="cancelled"))
        act = plan_task(get_lead(lead.id), f"{kind.title()} {name}", utcnow() - late, kind, world.alice.actor)
        act.stage_change_id = None if promised else change_id
        refresh_next_act(lead.id)
        db.session.commit()
        return lead

    return make
