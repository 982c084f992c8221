"""Where Squeegee can be asked what it has, nobody needs to look there, unless the answer leaves a doubt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.extensions import db
from app.squeegee.models import TransferCall
from app.squeegee.queries import get_account
from tests.squeegee.desk import Desk, calls, fresh
from tests.squeegee.test_api_v3 import READING

Work = Callable[..., int]


@pytest.fixture
def readable(desk: Desk) -> Desk:
    """The account with both reading paths set."""
    get_account().wire = READING
    db.session.commit()
    return desk


def a_minute_later(make_due: Work) -> None:
    """Let the time pass that a doubtful call is given to settle."""
    db.session.execute(update(TransferCall).values(begun_at=TransferCall.begun_at - timedelta(minutes=2)))
    db.session.commit()
    make_due("transfer.run")


@pytest.mark.parametrize("step", ["customer", "job"])
@pytest.mark.parametrize(("switch", "was_there"), [("cut_after", True), ("cut_before", False)])
def test_an_unclear_answer_is_cleared_up_by_asking(
    readable: Desk, ready_lead: Any, run_outbox: Work, make_due: Work, step: str, switch: str, was_there: bool
) -> None:
    readable.far_end.switch(**{switch: {"step": step, "times": 1}})
    transfer = readable.start(ready_lead())
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("pending", "asking")
    make_due("transfer.run")
    run_outbox()
    assert f"find_{step}" not in [each for each, _ in calls(transfer)]  # too soon: it may be on its way still
    a_minute_later(make_due)
    run_outbox()
    assert fresh(transfer).state == "success"
    assert readable.counts() == (1, 1)
    made = [outcome for each, outcome in calls(transfer) if each == step]
    assert made == (["accepted"] if was_there else ["not_sent", "accepted"])


def test_a_list_without_a_clear_answer_is_put_to_a_person(
    readable: Desk, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    lead = ready_lead()
    readable.far_end.switch(cut_after={"step": "customer", "times": 1})
    transfer = readable.start(lead)
    run_outbox()
    get_account().wire = {**READING, "found_reference": "number"}
    db.session.commit()
    a_minute_later(make_due)
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("uncertain", "unreadable_list")
    assert readable.counts() == (1, 0)


def test_a_reading_end_that_is_not_there_is_put_to_a_person(
    readable: Desk, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    get_account().wire = {**READING, "find_customer_path": "/nowhere/{reference}"}
    db.session.commit()
    readable.far_end.switch(cut_after={"step": "customer", "times": 1})
    transfer = readable.start(ready_lead())
    run_outbox()
    a_minute_later(make_due)
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("uncertain", "unreadable_list")
