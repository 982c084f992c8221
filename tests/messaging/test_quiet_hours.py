"""Texts leave at any hour when they are wanted now; what has waited into the night waits for the morning."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core import outbox
from app.core.outbox import OutboxItem
from app.extensions import db
from app.messaging import services


@pytest.fixture
def night(world):
    """Nine in the evening in Wells, one hour into the quiet hours; it moves only when told."""
    with time_machine.travel(datetime(2024, 6, 3, 20, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def take_up(night):
    """`take_up(message, minutes)`: a worker takes its latest work up so long after nine; when it is due next."""

    def take(message, minutes):
        night.move_to(datetime(2024, 6, 3, 20, tzinfo=UTC) + timedelta(minutes=minutes))
        query = select(OutboxItem).where(OutboxItem.subject_id == message.id).order_by(OutboxItem.created_at.desc())
        item = db.session.scalars(query.limit(1)).one()
        outbox.run(item.workspace_id, item.id)
        db.session.refresh(item)
        return item.run_at

    return take


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_text_that_is_wanted_now_leaves_at_any_hour(world, write, take_up, mailbox, state_of, by_hand):
    message = write("sms", created_by=world.alice.user_id if by_hand else None)
    take_up(message, 9)
    assert state_of(message)[0] == "sent"


@pytest.mark.parametrize("by_hand", [True, False])
def test_one_that_waited_into_the_night_goes_on_waiting(
    world, night, write, take_up, mailbox, state_of, work_of, by_hand
):
    night.shift(timedelta(hours=-2))
    message = write("sms", created_by=world.alice.user_id if by_hand else None)
    morning = datetime(2024, 6, 4, 8, tzinfo=UTC)
    assert take_up(message, 0) == morning
    assert state_of(message)[0] == "queued" and work_of(message.id) == [("ready", 0)]
    take_up(message, 12 * 60)
    assert state_of(message)[0] == "sent"


def test_a_mail_that_waited_leaves_at_night(night, write, take_up, mailbox, state_of):
    night.shift(timedelta(hours=-2))
    message = write()
    take_up(message, 0)
    assert state_of(message)[0] == "sent"


def test_what_somebody_sends_again_at_night_leaves(world, night, write, take_up, mailbox, state_of):
    night.shift(timedelta(hours=-2))
    mailbox.switch(twilio={"landline": {"times": 1}})
    message = write("sms")
    take_up(message, -110)
    assert state_of(message)[0] == "failed"
    night.shift(timedelta(hours=2))
    services.retry(message.id, world.alice.actor)
    db.session.commit()
    take_up(message, 15)
    assert state_of(message)[0] == "sent"
