"""A stage that is retired while somebody moves a lead into it takes no lead in: no board would show it."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import tenancy
from app.core.errors import Conflict
from app.core.tenancy import Scope
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.services import move_to_stage, stage_by_key
from app.leads.services.retiring import retire_stage
from tests.support.waiting import wait_for
from tests.support.world import World

pytestmark = pytest.mark.commits
_WAITING = text("select 1 from pg_locks where not granted")


def test_whoever_moves_a_lead_there_meanwhile_is_told(app: Flask, world: World, make_lead: Any) -> None:
    lead_id, was = (lead := make_lead()).id, lead.stage_id
    stage_id, alice, told = stage_by_key("negotiating").id, world.alice, []
    db.session.commit()
    retire_stage(stage_id, stage_by_key("contacted").id, alice.actor)
    db.session.flush()  # and not committed yet

    def other_person() -> None:
        with app.app_context():
            tenancy.enter(Scope(alice.workspace_id, alice.user_id, "all"))
            try:
                move_to_stage(lead_id, stage_id, alice.actor)
                db.session.commit()
            except Conflict as conflict:
                told.append(conflict.message)
            finally:
                db.session.remove()

    thread = threading.Thread(target=other_person)
    thread.start()
    wait_for(lambda: db.session.execute(_WAITING).first(), what="the move waits for the retirement")
    db.session.commit()
    thread.join(30)
    world.enter()
    lead = db.session.scalars(select(Lead).where(Lead.id == lead_id)).one()
    assert lead.stage_id == was
    assert len(told) == 1 and "was retired meanwhile" in told[0]


def test_a_move_under_way_is_waited_for_and_its_lead_moves_on(
    app: Flask, world: World, make_lead: Any, run_outbox: Any
) -> None:
    lead_id = make_lead().id
    stage_id, target_id, alice = stage_by_key("negotiating").id, stage_by_key("contacted").id, world.alice
    db.session.commit()
    move_to_stage(lead_id, stage_id, alice.actor)  # not committed yet
    failed = []

    def other_person() -> None:
        with app.app_context():
            tenancy.enter(Scope(alice.workspace_id, alice.user_id, "all"))
            try:
                retire_stage(stage_id, target_id, alice.actor)
                db.session.commit()
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=other_person)
    thread.start()
    wait_for(lambda: db.session.execute(_WAITING).first(), what="the retirement waits for the move")
    db.session.commit()
    thread.join(30)
    assert failed == []
    world.enter()
    run_outbox()
    world.enter()
    db.session.expire_all()
    stage = db.session.scalars(select(Stage).join(Lead, Lead.stage_id == Stage.id).where(Lead.id == lead_id)).one()
    assert stage.id == target_id
