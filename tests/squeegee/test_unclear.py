"""When nobody knows whether Squeegee took a request, a person looks there: nothing is sent again by itself."""

from typing import Any

import pytest

from app.core.errors import Invalid
from app.core.outbox import OutboxItem
from app.extensions import db
from app.squeegee import services
from tests.squeegee.desk import Desk, calls, fresh


@pytest.mark.parametrize("switch", ["cut_before", "cut_after", "garbage_json"])
@pytest.mark.parametrize("step", ["customer", "job"])
def test_an_unclear_answer_is_never_sent_again_by_itself(
    desk: Desk, ready_lead: Any, run_outbox: Any, make_due: Any, switch: str, step: str
) -> None:
    desk.far_end.switch(**{switch: {"step": step, "times": 1}})
    transfer = desk.start(ready_lead())
    run_outbox()
    make_due("transfer.run")
    run_outbox()
    assert fresh(transfer).state == "uncertain"
    assert calls(transfer)[-1] == (step, "unclear")
    assert sum(each["step"] == step for each in desk.far_end.state()["requests"]) == 1


@pytest.mark.parametrize("step", ["customer", "job"])
def test_what_is_found_in_squeegee_is_taken_over_and_not_made_again(
    desk: Desk, ready_lead: Any, run_outbox: Any, step: str
) -> None:
    desk.far_end.switch(cut_after={"step": step, "times": 1})
    lead = ready_lead()
    transfer = desk.start(lead)
    run_outbox()
    with pytest.raises(Invalid):
        services.settle(transfer.id, desk.actor, found_id="  ")
    db.session.rollback()
    found = desk.far_end.state()["by_reference"][lead.number][f"{step}s"][0]
    services.settle(transfer.id, desk.actor, found_id=found)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    assert found in (transfer.customer_id, transfer.job_id)
    assert desk.counts() == (1, 1)


@pytest.mark.parametrize("step", ["customer", "job"])
def test_what_is_not_there_is_sent_again(desk: Desk, ready_lead: Any, run_outbox: Any, step: str) -> None:
    desk.far_end.switch(cut_before={"step": step, "times": 1})
    transfer = desk.start(ready_lead())
    run_outbox()
    services.settle(transfer.id, desk.actor, found_id=None)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    assert desk.counts() == (1, 1)


@pytest.mark.parametrize("step", ["customer", "job"])
def test_a_crash_between_sending_and_noting_asks_a_person(
    desk: Desk, ready_lead: Any, run_outbox: Any, make_due: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The worker dies after Squeegee took the request: what it leaves is a call that was begun and never ended."""
    from app.squeegee.jobs import running

    settle = running.settle

    def die(claim: Any, under_way: Any, result: Any) -> Any:
        if under_way.request.step == step:
            raise KeyboardInterrupt
        return settle(claim, under_way, result)

    monkeypatch.setattr(running, "settle", die)
    transfer = desk.start(ready_lead())
    with pytest.raises(KeyboardInterrupt):
        run_outbox()
    monkeypatch.undo()
    db.session.rollback()
    assert calls(transfer)[-1] == (step, "begun")
    db.session.query(OutboxItem).filter_by(subject_id=transfer.id).update({"lease_until": transfer.created_at})
    db.session.commit()
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("uncertain", "broken_off")
    assert desk.counts() == ((1, 0) if step == "customer" else (1, 1))


def test_what_was_called_off_in_doubt_is_still_in_doubt_when_it_is_handed_over_again(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    desk.far_end.switch(cut_after={"step": "customer", "times": 1})
    lead = ready_lead()
    first = desk.start(lead)
    run_outbox()
    services.cancel(first.id, desk.actor)
    db.session.commit()
    second = desk.start(lead)
    run_outbox()
    assert fresh(second).state == "uncertain"
    assert desk.counts() == (1, 0)
    found = desk.far_end.state()["customers"][0]["id"]
    services.settle(second.id, desk.actor, found_id=found)
    db.session.commit()
    run_outbox()
    assert (fresh(second).state, desk.counts()) == ("success", (1, 1))


def test_a_file_meanwhile_does_not_end_the_doubt(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    desk.far_end.switch(cut_after={"step": "customer", "times": 1})
    lead = ready_lead()
    first = desk.start(lead)
    run_outbox()
    services.cancel(first.id, desk.actor)
    services.cancel_batch(services.make_batch([lead.id], "csv", desk.actor).batch.id, desk.actor)
    db.session.commit()
    second = desk.start(lead)
    run_outbox()
    assert (fresh(second).state, desk.counts()) == ("uncertain", (1, 0))


def test_an_older_transfer_that_is_tried_again_takes_the_doubt_over(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    desk.far_end.switch(success_false={"step": "customer", "times": 1})
    lead = ready_lead()
    first = desk.start(lead)
    run_outbox()
    desk.far_end.switch(cut_after={"step": "customer", "times": 1})
    second = desk.start(lead)
    run_outbox()
    services.cancel(second.id, desk.actor)
    services.retry(first.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert (fresh(first).state, desk.counts()) == ("uncertain", (1, 0))
    services.settle(first.id, desk.actor, found_id=desk.far_end.state()["customers"][0]["id"])
    db.session.commit()
    run_outbox()
    assert (fresh(first).state, desk.counts()) == ("success", (1, 1))
