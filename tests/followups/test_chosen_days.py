"""A call that somebody put on a day stays there, whatever becomes of the sequence around it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import carry_out, enrol, move_to_version, pause, postpone, resume, save_steps
from tests.followups.conftest import MONDAY

AGREED = datetime(2024, 6, 13, 14, 0, tzinfo=UTC)
CALL = Step("call", "call", "Call", Delay(2), counts=False)
EMAIL = Step("email", "email", "Email", Delay(1), template_key="plain_email")


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
