"""Ready for Squeegee: in the bell at once, one mail for several."""

from typing import Any

from sqlalchemy import select

from app.alerts.services import READY
from app.extensions import db
from app.leads.models import Stage
from app.leads.services import move_to_stage
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
    subjects = [mail["subject"] for mail in mailbox.mails(world.alice.email)]
    assert subjects == ["2 leads are ready for Squeegee"]
    move_to_stage(leads[0].id, leads[0].stage_id, world.bob.actor)
