"""A conversation outlives the lead that it hangs on, where its customer has others."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, put_in_bin
from app.leads.services.emptying import delete_for_good
from app.messaging.models import Conversation
from app.messaging.services import compose
from app.messaging.services.receiving import receive

EMAIL = "hannah.cole@example.com"


@pytest.fixture
def twin(lead: Lead, make_lead: Any) -> Lead:
    """The same enquiry, sent twice."""
    second = make_lead(email=EMAIL, phone="07700 900318")
    assert second.contact_id == lead.contact_id
    return second


def say(lead: Lead, words: str, *, ago: timedelta) -> None:
    at = utcnow() - ago
    receive(get_lead(lead.id, lock=True), "email", sender=EMAIL, subject="Re", body=words, at=at)
    db.session.commit()


def delete(lead: Lead, world: Any) -> None:
    put_in_bin(lead.id, world.alice.actor)
    delete_for_good([lead.id], world.alice.actor)
    db.session.commit()
    db.session.expire_all()


def test_what_is_unread_stays_when_a_double_is_deleted(alice: Any, world: Any, lead: Lead, twin: Lead) -> None:
    say(lead, "When can you come?", ago=timedelta(hours=2))
    say(twin, "Sorry, I sent it twice", ago=timedelta(hours=1))
    delete(twin, world)
    talk = db.session.scalars(select(Conversation)).one()
    assert (talk.lead_id, talk.state, talk.unread_count, talk.last_direction) == (lead.id, "open", 1, "in")
    assert "When can you come?" in alice.get("/w/wells/inbox?show=unread").text
    assert "When can you come?" in alice.get(f"/w/wells/inbox/{talk.id}").text


def test_what_was_answered_is_unread_no_more(world: Any, lead: Lead, twin: Lead) -> None:
    say(lead, "When can you come?", ago=timedelta(hours=2))
    compose(
        lead, "email", recipient=EMAIL, subject="Re", body="On Tuesday.", created_by=world.alice.user_id,
        actor=world.alice.actor,
    )  # fmt: skip
    db.session.commit()
    say(twin, "I have sent it twice", ago=-timedelta(minutes=1))
    delete(twin, world)
    talk = db.session.scalars(select(Conversation)).one()
    assert (talk.lead_id, talk.unread_count, talk.last_direction) == (lead.id, 0, "out")


def test_one_about_nothing_else_goes_with_its_lead(world: Any, lead: Lead, twin: Lead) -> None:
    say(twin, "When can you come?", ago=timedelta(hours=2))
    delete(twin, world)
    assert db.session.scalars(select(Conversation)).all() == []
