"""A conversation that was put off comes back at its time where it is seen: among the unread, and in the badge."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core.clock import utcnow
from app.extensions import db
from app.messaging.models import Conversation
from app.messaging.services import conversations
from tests.messaging.inbound import text

DAY = timedelta(days=1)


@pytest.fixture
def clock(world):
    with time_machine.travel(utcnow(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def talk(clock, client, lead, world):
    """Hannah's, put off until tomorrow."""
    text(client, "Can you come later?")
    found = db.session.scalars(select(Conversation)).one()
    conversations.snooze(found.id, utcnow() + DAY, world.alice.actor)
    db.session.commit()
    return found


@pytest.fixture
def pass_days(clock, make_due, run_outbox, talk):
    """`pass_days(1.1)`: time goes by, and what falls due is done."""

    def go(days: float) -> Conversation:
        clock.shift(days * DAY)
        make_due("conversation.wake")
        run_outbox()
        db.session.expire_all()
        return talk

    return go


def test_it_comes_back_unread_at_its_time_and_once(pass_days, talk):
    assert (pass_days(0.9).unread_count, talk.snoozed_until is None) == (0, False)
    assert (pass_days(0.2).unread_count, talk.snoozed_until) == (1, None)
    conversations.mark_read(talk.id)
    db.session.commit()
    assert pass_days(1).unread_count == 0


def test_put_off_for_longer_it_comes_back_then(pass_days, talk, world):
    conversations.snooze(talk.id, utcnow() + 2 * DAY, world.alice.actor)
    db.session.commit()
    assert (pass_days(1.5).unread_count, talk.snoozed_until is None) == (0, False)
    assert pass_days(1).unread_count == 1


@pytest.mark.parametrize(("act", "unread"), [("close", 0), ("reopen", 0), ("answer", 1)])
def test_what_has_been_taken_up_meanwhile_does_not_come_back(pass_days, client, talk, world, act, unread):
    if act == "answer":
        text(client, "Yes please")
    else:
        getattr(conversations, act)(talk.id, world.alice.actor)
    db.session.commit()
    assert pass_days(2).unread_count == unread
