"""A stage that is retired while somebody moves a lead into it takes no lead in: no board would show it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import tenancy
from app.core.errors import Conflict
from app.core.tenancy import Scope
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import move_to_stage, stage_by_key
from app.leads.services.retiring import retire_stage
from tests.support.waiting import wait_for
from tests.support.world import World

pytestmark = pytest.mark.commits
_WAITING = text("select 1 from pg_locks where not granted")


def meanwhile(app: Flask, world: World, act: Callable[[], object], waits: str) -> Exception | None:
    """Do something as Alice in another process's place, which has to wait for what this one has not committed yet, and
    commit that; what the other was told.
    """
    alice, told = world.alice, []

    def other_person() -> None:
        with app.app_context():
            tenancy.enter(Scope(alice.workspace_id, alice.user_id, "all"))
            try:
                act()
                db.session.commit()
            except Exception as error:
                told.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=other_person)
    thread.start()
    wait_for(lambda: db.session.execute(_WAITING).first(), what=waits)
    db.session.commit()
    thread.join(30)
    world.enter()
    return told[0] if told else None


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
