"""Who rang and is deleted for good leaves no number behind."""

from typing import Any

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.leads.services import LeadDraft, put_in_bin
from app.leads.services.emptying import delete_for_good
from app.messaging.models import Arrival, Message
from app.messaging.services import arriving
from app.workspaces.models import Workspace
from tests.messaging.inbound import HANNAHS_PHONE, call

STRANGERS = "+447700900999"


@pytest.fixture(autouse=True)
def texting_back(world: Any) -> None:
    """The workspace texts back."""
    db.session.execute(update(Workspace).values(texts_back_missed_calls=True))
    db.session.commit()


def _delete(lead_id: Any, world: Any) -> None:
    put_in_bin(lead_id, world.alice.actor)
    delete_for_good([lead_id], world.alice.actor)
    db.session.commit()
    db.session.expire_all()


def _numbers() -> set[str]:
    """Every number that is kept of what came in and what went out."""
    written = db.session.scalars(select(Message).where(Message.channel == "sms"))
    return {each.sender for each in db.session.scalars(select(Arrival))} | {each.recipient for each in written}


def test_a_call_goes_with_its_lead(client: Any, lead: Any, world: Any) -> None:
    call(client, sid="CA1")
    call(client, sender="+447700900888", sid="CA2")
    assert _numbers() == {HANNAHS_PHONE, "+447700900888"}
    _delete(lead.id, world)
    assert _numbers() == {"+447700900888"}


def test_a_strangers_call_goes_with_the_lead_made_of_it(client: Any, lead: Any, world: Any) -> None:
    call(client, sender=STRANGERS, sid="CA1")
    call(client, sid="CA2")
    waiting = db.session.scalars(select(Arrival.id).where(Arrival.state == "waiting")).one()
    made = arriving.make_lead(waiting, LeadDraft(name="Ivy Reed", phone=STRANGERS), world.alice.actor)
    db.session.commit()
    _delete(made.id, world)
    assert _numbers() == {HANNAHS_PHONE}
