"""A call that somebody put on a day stays there, whatever becomes of the sequence around it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import carry_out, enrol, move_to_version, pause, postpone, resume, save_steps
from app.leads.services import stage_by_key

MONDAY = datetime(2024, 6, 3, 9, 30, tzinfo=UTC)
AGREED = datetime(2024, 6, 13, 14, 0, tzinfo=UTC)
CALL = Step("call", "call", "Call", Delay(2), counts=False)
EMAIL = Step("email", "email", "Email", Delay(1), template_key="plain_email")


@pytest.fixture
def clock(world: Any) -> Any:
    """Monday, 3 June 2024, and it moves only when told."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(clock: Any, make_lead: Any) -> Any:
    """Hannah Cole's, whose stage plans nothing."""
    for each in db.session.scalars(select(Sequence)):
        each.is_active = False
    stage_by_key("new").follow_up_days = None
    db.session.commit()
    return make_lead(email="hannah.cole@example.com", phone="07700 900318")


@pytest.fixture
def way(world: Any, lead: Any, sequence: Any, planned: Any) -> Any:
    """The lead's way: a call that was put on a day that suits, and an email after it."""
    begun = enrol(lead, sequence(CALL, EMAIL), world.alice.actor)
    postpone(planned(lead)[0].id, AGREED, world.alice.actor)
    db.session.commit()
    return begun


def due(planned: Any, lead: Any) -> dict[str, datetime]:
    return {each.step_key: each.due_at for each in planned(lead, "planned")}


def test_a_pause_in_between_moves_nothing_that_was_agreed_on(
    clock: Any, world: Any, lead: Any, way: Any, planned: Any
) -> None:
    pause(way.id, world.alice.actor)
    clock.shift(timedelta(days=2))
    resume(way.id, world.alice.actor)
    assert due(planned, lead)["call"] == AGREED
    assert due(planned, lead)["email"] >= AGREED


def test_a_day_that_passed_in_the_pause_is_reckoned_anew(
    clock: Any, world: Any, lead: Any, way: Any, planned: Any
) -> None:
    pause(way.id, world.alice.actor)
    clock.shift(timedelta(days=14))
    resume(way.id, world.alice.actor)
    assert due(planned, lead)["call"] == MONDAY + timedelta(days=16)


def test_so_does_a_newer_version_of_the_steps(world: Any, lead: Any, way: Any, planned: Any) -> None:
    sequence = db.session.scalars(select(Sequence).where(Sequence.key == "own")).one()
    later = (Step("call", "call", "Call", Delay(4), counts=False), EMAIL)
    save_steps(sequence.id, later, sequence.version, world.alice.actor)
    move_to_version(sequence.id, [way.id], world.alice.actor)
    assert due(planned, lead)["call"] == AGREED


def test_a_message_that_is_put_off_ahead_of_it_moves_it_no_more(
    clock: Any, world: Any, lead: Any, sequence: Any, planned: Any
) -> None:
    """The email is due on Saturday by then, and leaves on Monday; the call is for Sunday, as the customer wished."""
    enrol(lead, sequence(EMAIL, CALL), world.alice.actor)
    email, call = planned(lead)
    sunday = datetime(2024, 6, 9, 10, 0, tzinfo=UTC)
    postpone(call.id, sunday, world.alice.actor)
    db.session.commit()
    clock.move_to(datetime(2024, 6, 8, 10, 0, tzinfo=UTC))
    assert carry_out(email.id) is not None
    assert due(planned, lead)["call"] == sunday
