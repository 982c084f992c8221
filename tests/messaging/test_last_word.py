"""Who has the last word in a conversation: an answer that was taken back leaves it with the customer."""

from typing import Any

import pytest
from sqlalchemy import select

from app.alerts.queries import unanswered
from app.core.clock import utcnow
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.models import Conversation, Message
from app.messaging.services.receiving import receive

EMAIL = "hannah.cole@example.com"


@pytest.fixture
def asked(world: Any, lead: Any) -> Conversation:
    """The conversation in which Hannah Cole has asked something. Her lead is nobody's."""
    receive(get_lead(lead.id, lock=True), "email", sender=EMAIL, subject="Re", body="When can you come?", at=utcnow())
    db.session.commit()
    return db.session.scalars(select(Conversation)).one()


def waits(member: Any) -> list[str]:
    """What a member's digest would say of who waits for us."""
    db.session.expire_all()
    return [each.what for each in unanswered(member.user_id, utcnow())]


def answer(alice: Any, talk: Conversation, words: str) -> Message:
    typed = {"channel": "email", "subject": "Re", "body": words}
    assert alice.post(f"/w/wells/inbox/{talk.id}/answer", data=typed, hx=True).status_code == 200
    db.session.expire_all()
    return db.session.scalars(select(Message).order_by(Message.created_at.desc()).limit(1)).one()


def test_an_answer_that_is_taken_back_leaves_who_asked_waiting(alice: Any, world: Any, asked: Conversation) -> None:
    assert "wrote" in waits(world.alice)
    message = answer(alice, asked, "On Tuesday.")
    assert "wrote" not in waits(world.alice)
    alice.post(f"/w/wells/inbox/{asked.id}/messages/{message.id}/take-back", hx=True)
    assert "wrote" in waits(world.alice)


def test_one_of_two_answers_is_an_answer(alice: Any, world: Any, asked: Conversation) -> None:
    answer(alice, asked, "On Tuesday.")
    message = answer(alice, asked, "At nine.")
    alice.post(f"/w/wells/inbox/{asked.id}/messages/{message.id}/take-back", hx=True)
    assert "wrote" not in waits(world.alice)


def test_whoever_was_given_the_conversation_is_told_and_nobody_else(
    alice: Any, world: Any, asked: Conversation
) -> None:
    assert ["wrote" in waits(each) for each in (world.alice, world.bob)] == [True, True]
    alice.post(f"/w/wells/inbox/{asked.id}/assign", data={"owner": world.alice.user_id}, hx=True)
    assert ["wrote" in waits(each) for each in (world.alice, world.bob)] == [True, False]

    db.session.get_one(Lead, (asked.workspace_id, asked.lead_id)).owner_id = world.bob.user_id
    db.session.commit()
    assert ["wrote" in waits(each) for each in (world.alice, world.bob)] == [True, False]


def test_who_has_the_conversation_and_no_sight_of_its_lead_leaves_it_to_whoever_has_that(
    world: Any, asked: Conversation
) -> None:
    asked.owner_id = world.bob.user_id  # sees but their own leads and nobody's
    db.session.get_one(Lead, (asked.workspace_id, asked.lead_id)).owner_id = world.alice.user_id
    db.session.commit()
    assert "wrote" in waits(world.alice)
