"""A move to a final stage that stopped what people had written, taken back: it leaves after all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, stage_by_key
from app.messaging.models import Message
from app.messaging.services import compose
from app.messaging.services.receiving import receive

EMAIL = "hannah.cole@example.com"


@pytest.fixture
def lead(make_lead: Any) -> Lead:
    """Hannah Cole's, chased for an answer to her quote."""
    return make_lead(email=EMAIL, stage_key="quote_sent")


@pytest.fixture
def written(world: Any, lead: Lead) -> Message:
    """What Alice has just written to her."""
    message = compose(
        lead, "email", recipient=EMAIL, subject="Your windows", body="We could come on Tuesday.",
        created_by=world.alice.user_id, actor=world.alice.actor, hold=timedelta(seconds=15),
    )  # fmt: skip
    db.session.commit()
    return message


def give_up(alice: Any, lead: Lead) -> None:
    typed = {"to": stage_by_key("declined").id, "reason_key": "not_now", "agreed": "1"}
    assert alice.post(f"/w/wells/leads/{lead.id}/stage", data=typed, hx=True).status_code == 200
    db.session.expire_all()


def take_back(alice: Any, lead: Lead) -> None:
    assert alice.post(f"/w/wells/leads/{lead.id}/stage/undo", hx=True).status_code == 204
    db.session.expire_all()


def states(lead: Lead) -> list[str]:
    query = select(Message.state).where(Message.lead_id == lead.id, Message.direction == "out")
    return list(db.session.scalars(query.order_by(Message.created_at)))


def test_what_a_person_wrote_leaves_once(
    alice: Any, lead: Lead, written: Message, run_outbox: Any, make_due: Any, mailbox: Any
) -> None:
    give_up(alice, lead)
    assert states(lead) == ["cancelled"]
    take_back(alice, lead)
    assert states(lead) == ["queued"]
    make_due("message.send")
    run_outbox()
    assert states(lead) == ["sent"] and len(mailbox.mails()) == 1


def test_what_its_writer_had_taken_back_before_stays_here(alice: Any, lead: Lead, written: Message) -> None:
    alice.post(f"/w/wells/messages/{written.id}/unsend", hx=True)
    give_up(alice, lead)
    take_back(alice, lead)
    assert states(lead) == ["cancelled"]


def test_it_stays_here_when_its_customer_has_written_since(alice: Any, lead: Lead, written: Message) -> None:
    give_up(alice, lead)
    receive(get_lead(lead.id, lock=True), "email", sender=EMAIL, subject="Re", body="No thanks", at=utcnow())
    db.session.commit()
    take_back(alice, lead)
    assert states(lead) == ["cancelled"]
