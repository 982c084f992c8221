"""A stage that is retired while somebody moves a lead into it takes no lead in: no board would show it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Conflict
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import move_to_stage, stage_by_key
from app.leads.services.retiring import retire_stage
from tests.support.meanwhile import meanwhile
from tests.support.world import World

pytestmark = pytest.mark.commits


def test_whoever_moves_a_lead_there_meanwhile_is_told(app: Flask, world: World, make_lead: Any) -> None:
    lead_id, was = (lead := make_lead()).id, lead.stage_id
    stage_id, actor = stage_by_key("negotiating").id, world.alice.actor
    db.session.commit()
    retire_stage(stage_id, stage_by_key("contacted").id, actor)
    db.session.flush()  # and not committed yet
    told = meanwhile(app, world, lambda: move_to_stage(lead_id, stage_id, actor), "the move waits for the retirement")
    assert isinstance(told, Conflict) and "was retired meanwhile" in told.message
    assert db.session.scalars(select(Lead.stage_id).where(Lead.id == lead_id)).one() == was


def test_a_move_under_way_is_waited_for_and_its_lead_moves_on(
    app: Flask, world: World, make_lead: Any, run_outbox: Any
) -> None:
    lead_id, actor = make_lead().id, world.alice.actor
    stage_id, target_id = stage_by_key("negotiating").id, stage_by_key("contacted").id
    db.session.commit()
    move_to_stage(lead_id, stage_id, actor)  # not committed yet
    told = meanwhile(
        app, world, lambda: retire_stage(stage_id, target_id, actor), "the retirement waits for the move"
    )  # fmt: skip
    assert told is None
    run_outbox()
    world.enter()
    assert db.session.scalars(select(Lead.stage_id).where(Lead.id == lead_id)).one() == target_id
