"""Ready for Squeegee: in the bell at once, one mail for several."""

from typing import Any

from sqlalchemy import select

from app.alerts.services import READY
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Stage
from app.leads.services import move_to_stage, stage_by_key, take_back
from tests.support.work import make_due, run_outbox


def test_whoever_hands_over_hears_of_it(world: Any, make_lead: Any, told: Any, mailbox: Any) -> None:
    leads = [make_lead(owner_id=world.bob.user_id) for _ in range(2)]
    stage_id = db.session.scalars(select(Stage.id).where(Stage.key == "ready_for_squeegee")).one()
    for lead in leads:
        move_to_stage(lead.id, stage_id, world.bob.actor)
    db.session.commit()
    assert told(world.alice) == [("ready_to_hand_over", lead.id) for lead in leads]
    assert told(world.bob) == []  # who did it knows
    make_due(READY)
    run_outbox()
    assert _subjects(mailbox, world) == ["2 leads are ready for Squeegee"]
    move_to_stage(leads[0].id, leads[0].stage_id, world.bob.actor)


def test_a_slip_of_the_hand_does_not_silence_the_real_yes(world: Any, make_lead: Any, told: Any, mailbox: Any) -> None:
    lead, ready = make_lead(owner_id=world.alice.user_id), stage_by_key("ready_for_squeegee").id
    move_to_stage(lead.id, ready, world.alice.actor)
    take_back(lead.id, world.alice.actor)
    db.session.commit()
    make_due(READY)
    run_outbox()
    assert told(world.alice) == [] and mailbox.mails(world.alice.email) == []
    move_to_stage(lead.id, ready, Actor("customer"))  # as an accepted quote does
    db.session.commit()
    make_due(READY)
    run_outbox()
    assert told(world.alice) == [("ready_to_hand_over", lead.id)]
    assert _subjects(mailbox, world) == ["1 lead is ready for Squeegee"]


def test_a_slip_out_of_it_tells_nobody_twice_and_leaves_nobody_out(
    world: Any, make_lead: Any, told: Any, mailbox: Any
) -> None:
    lead, ready = make_lead(owner_id=world.bob.user_id), stage_by_key("ready_for_squeegee").id
    move_to_stage(lead.id, ready, Actor("customer"))
    move_to_stage(lead.id, stage_by_key("contacted").id, world.bob.actor)
    db.session.commit()
    make_due(READY)
    run_outbox()
    assert mailbox.mails(world.alice.email) == []  # it was gone when the mail was made
    for _ in range(2):
        take_back(lead.id, world.bob.actor)
        db.session.commit()
        make_due(READY)
        run_outbox()
        move_to_stage(lead.id, stage_by_key("contacted").id, world.bob.actor)
    assert told(world.alice) == [("ready_to_hand_over", lead.id)]
    assert _subjects(mailbox, world) == ["1 lead is ready for Squeegee"]


def _subjects(mailbox: Any, world: Any) -> list[str]:
    return [mail["subject"] for mail in mailbox.mails(world.alice.email)]
