"""Customer, job, and a quote for each other rung of the accepted offer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.extensions import db
from app.quotes.services import QuoteDraft, draft_quote
from app.squeegee import services
from app.squeegee.models import Transfer
from app.squeegee.queries import get_account, transfer_page
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk, calls, fresh, stage_of

Work = Callable[..., int]


@pytest.fixture
def offered(desk: Desk, ready_lead: Any) -> Any:
    """A lead that took the 8-weekly rung of three, in a workspace that wants quotes for the others."""
    get_account().sends_quotes = True
    lead = ready_lead(frequency="8_weekly")
    rungs = {"4_weekly": 1900, "8_weekly": 2400, "one_off": 5800}
    draft = QuoteDraft(rungs=rungs, firsts={"4_weekly": 3650}, valid_until=today_here() + timedelta(days=9))
    quote = draft_quote(lead.id, draft, desk.actor)
    db.session.flush()
    quote.state = "accepted"
    quote.accepted_option_id = next(each.id for each in quote.options if each.frequency == "8_weekly")
    db.session.commit()
    return lead


def quotes(desk: Desk) -> dict[str, Any]:
    """The quotes in Squeegee: their id and price by frequency."""
    held = desk.far_end.state()["quotes"]
    return {str(each["payload"].get("frequencyInterval")): each["payload"]["price"] for each in held}


def test_a_job_for_the_accepted_rung_and_a_quote_for_each_other(desk: Desk, offered: Any, run_outbox: Work) -> None:
    transfer = desk.start(offered)
    run_outbox()
    assert fresh(transfer).state == "success"
    assert desk.far_end.state()["jobs"][0]["payload"]["frequencyInterval"] == 8
    assert quotes(desk) == {"4": 19, "None": 58}
    assert all("date" not in each["payload"] for each in desk.far_end.state()["quotes"])
    assert set(fresh(transfer).quote_ids) == {"4_weekly", "one_off"}
    shown = transfer_page(transfer.id, with_bodies=True)
    assert [(call.step, call.rung) for call in shown.calls][2:] == [("quote", "4_weekly"), ("quote", "one_off")]


def test_a_quote_that_follows_late_names_no_day_that_has_passed(desk: Desk, offered: Any, run_outbox: Work) -> None:
    desk.far_end.switch(success_false={"step": "quote", "times": 1})
    transfer = desk.start(offered)
    run_outbox()
    fresh(transfer).first_service_date = today_here() - timedelta(days=1)
    services.retry(transfer.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    late = [each["payload"]["firstAppointment"]["initialDate"] for each in desk.far_end.state()["quotes"]]
    assert late == [today_here().isoformat()] * 2


def test_without_the_wish_there_are_none(desk: Desk, offered: Any, run_outbox: Work) -> None:
    get_account().sends_quotes = False
    transfer = desk.start(offered)
    run_outbox()
    assert fresh(transfer).state == "success"
    assert quotes(desk) == {}


def test_a_quote_that_is_refused_leaves_a_part_and_is_all_that_is_sent_again(
    desk: Desk, offered: Any, run_outbox: Work
) -> None:
    desk.far_end.switch(success_false={"step": "quote", "times": 1})
    transfer = desk.start(offered)
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("partial", "refused")
    assert stage_of(offered) == "transferred_to_squeegee"  # the job is there: the lead has moved on
    services.retry(transfer.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    assert desk.counts() == (1, 1)
    assert quotes(desk) == {"4": 19, "None": 58}
    assert [step for step, _ in calls(transfer)] == ["customer", "job", "quote", "quote", "quote"]


def test_an_unclear_quote_asks_a_person_and_goes_on_from_there(desk: Desk, offered: Any, run_outbox: Work) -> None:
    desk.far_end.switch(cut_after={"step": "quote", "times": 1})
    transfer = desk.start(offered)
    run_outbox()
    assert fresh(transfer).state == "uncertain"
    found = desk.far_end.state()["quotes"][0]["id"]
    services.settle(transfer.id, desk.actor, found_id=found)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    assert transfer.quote_ids["4_weekly"] == found
    assert quotes(desk) == {"4": 19, "None": 58}


def test_calling_off_the_quotes_leaves_the_lead_handed_over(desk: Desk, offered: Any, run_outbox: Work) -> None:
    desk.far_end.switch(success_false={"step": "quote"})
    transfer = desk.start(offered)
    run_outbox()
    services.cancel(transfer.id, desk.actor)
    db.session.commit()
    stands: Transfer = fresh(transfer)
    assert (stands.state, stands.error) == ("success", None)
    assert fresh(offered).squeegee_job_id == stands.job_id
