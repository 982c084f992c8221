"""A lead becomes one customer and one job in Squeegee, or a person is asked: never two customers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.outbox import OutboxItem
from app.extensions import db
from app.leads.services import stage_by_key
from app.squeegee import services
from app.squeegee.models import TransferCall
from app.squeegee.queries import get_account, transfer_page
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk, calls, fresh, stage_of


def test_a_handed_over_lead_is_one_customer_with_one_job(
    desk: Desk, ready_lead: Any, run_outbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    lead = ready_lead()
    transfer = desk.start(lead)
    run_outbox()
    transfer, lead = fresh(transfer), fresh(lead)
    held = desk.far_end.state()["by_reference"][lead.number]
    assert (held["customers"], held["jobs"]) == ([transfer.customer_id], [transfer.job_id])
    assert transfer.state == "success"
    assert (lead.squeegee_customer_id, lead.squeegee_job_id) == (transfer.customer_id, transfer.job_id)
    assert lead.transferred_at is not None
    assert stage_of(lead) == "transferred_to_squeegee"
    assert "outbox_" not in capfd.readouterr().err  # neither fenced nor failed


def test_each_call_is_kept_with_request_and_answer_and_without_the_token(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    transfer = desk.start(ready_lead(name="Olive Penrose"))
    run_outbox()
    shown = transfer_page(transfer.id, with_bodies=True)
    assert [(call.step, call.outcome, call.status) for call in shown.calls] == [
        ("customer", "accepted", 200), ("job", "accepted", 200),
    ]  # fmt: skip
    assert "Olive Penrose" in shown.calls[0].request
    assert shown.customer_id in shown.calls[0].answer
    assert all(desk.far_end.token not in (call.request + call.answer) for call in shown.calls)
    hidden = transfer_page(transfer.id, with_bodies=False)
    assert [(call.request, call.answer) for call in hidden.calls] == [(None, None), (None, None)]


@pytest.mark.parametrize("step", ["customer", "job"])
@pytest.mark.parametrize(
    ("switch", "reason"),
    [("status_500", "server_error"), ("status_429", "too_many_requests")],
)
def test_an_error_that_may_pass_is_tried_again_until_it_is_there_once(
    desk: Desk, ready_lead: Any, run_outbox: Any, make_due: Any, switch: str, reason: str, step: str
) -> None:
    desk.far_end.switch(**{switch: {"step": step, "times": 2}})
    transfer = desk.start(ready_lead())
    run_outbox()
    assert (fresh(transfer).state, transfer.error, transfer.retries) == ("pending", reason, 1)
    for _ in range(2):
        make_due("transfer.run")
        run_outbox()
    assert (fresh(transfer).state, transfer.retries) == ("success", 2)
    assert desk.counts() == (1, 1)


def test_a_wait_that_squeegee_asks_for_is_kept(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    desk.far_end.switch(status_429={"value": 900, "times": 1})
    transfer = desk.start(ready_lead())
    run_outbox()
    item = db.session.query(OutboxItem).filter_by(subject_id=transfer.id).one()
    assert timedelta(seconds=850) < item.run_at - fresh(transfer).created_at < timedelta(seconds=960)


def test_after_the_last_attempt_it_waits_for_a_person_who_starts_it_again(
    desk: Desk, ready_lead: Any, run_outbox: Any, make_due: Any
) -> None:
    desk.far_end.switch(status_429={"step": "job", "value": 900})
    transfer = desk.start(ready_lead())
    for _ in range(9):
        make_due("transfer.run")
        run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("partial", "too_many_requests")
    desk.far_end.switch(all=False)
    services.retry(transfer.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"
    assert desk.counts() == (1, 1)


@pytest.mark.parametrize(("step", "state", "held"), [("customer", "failed", (0, 0)), ("job", "partial", (1, 0))])
def test_a_refusal_stops_and_tells_why(
    desk: Desk, ready_lead: Any, run_outbox: Any, step: str, state: str, held: tuple
) -> None:
    desk.far_end.switch(success_false={"step": step})
    lead = ready_lead()
    transfer = desk.start(lead)
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == (state, "refused")
    assert desk.counts() == held
    assert stage_of(lead) == "ready_for_squeegee"
    assert db.session.query(OutboxItem).filter_by(subject_id=transfer.id, state="ready").count() == 0


def test_a_worker_that_lost_its_lease_keeps_nothing(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    from app.core.outbox import Claim, Fenced
    from app.squeegee.jobs import run_transfer

    transfer = desk.start(ready_lead())
    item = db.session.query(OutboxItem).filter_by(subject_id=transfer.id).one()
    late = Claim(item.workspace_id, item.id, item.kind, transfer.id, 1, item.lease_token)
    with pytest.raises(Fenced):
        run_transfer(late)
    assert calls(transfer) == []
    assert desk.counts() == (0, 0)


def test_a_second_transfer_uses_the_customer_that_the_first_one_made(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    desk.far_end.switch(success_false={"step": "job", "times": 1})
    lead = ready_lead()
    first = desk.start(lead)
    run_outbox()
    services.cancel(first.id, desk.actor)
    db.session.commit()
    second = desk.start(lead)
    run_outbox()
    assert fresh(second).state == "success"
    assert second.customer_id == first.customer_id
    assert desk.counts() == (1, 1)


def test_a_lead_has_one_transfer_under_way(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    lead = ready_lead()
    desk.start(lead)
    with pytest.raises(Conflict, match="on its way"):
        desk.start(lead)
    db.session.rollback()
    run_outbox()
    with pytest.raises(Conflict, match="in Squeegee already"):
        desk.start(lead)


def test_everything_that_is_missing_is_named(desk: Desk, make_lead: Callable[..., Any]) -> None:
    lead = make_lead(postcode="BA5", address_line1=None, frequency=None, service="other")
    with pytest.raises(Invalid) as refused:
        services.hand_over(lead.id, "api", desk.actor)
    assert set(refused.value.errors) == {
        "address_line1", "postcode", "price", "frequency", "service", "stage", "first_service_date",
    }  # fmt: skip


def test_a_lead_that_lost_a_fact_meanwhile_is_not_sent(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    lead = ready_lead()
    transfer = desk.start(lead)
    lead.set_price(None, lead.frequency)
    db.session.commit()
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("failed", "incomplete")
    assert desk.counts() == (0, 0)


@pytest.mark.parametrize("away", [{"shelf": "bin"}, {"stage": "lost"}])
def test_a_lead_that_moved_on_while_it_waited_is_not_sent(
    desk: Desk, ready_lead: Any, run_outbox: Any, away: dict[str, str]
) -> None:
    lead = ready_lead()
    transfer = desk.start(lead)
    if "stage" in away:
        lead.stage_id = stage_by_key("declined").id
    else:
        lead.shelf = away["shelf"]
    db.session.commit()
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("failed", "moved_on")
    assert desk.counts() == (0, 0)


def test_nobody_there_is_tried_again_and_a_private_address_is_not(
    desk: Desk, ready_lead: Any, run_outbox: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_account().base_url = "http://127.0.0.1:1"
    transfer = desk.start(ready_lead())
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("pending", "not_reached")
    monkeypatch.setitem(app.config, "ALLOW_PRIVATE_OUTBOUND", False)
    refused = desk.start(ready_lead())
    run_outbox()
    assert (fresh(refused).state, refused.error) == ("failed", "address_refused")
    assert calls(refused) == [("customer", "not_sent")]


def test_a_transfer_that_waits_can_be_called_off_and_then_does_nothing(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    lead = ready_lead()
    transfer = desk.start(lead)
    services.cancel(transfer.id, desk.actor)
    db.session.commit()
    assert run_outbox() == 0
    assert fresh(transfer).state == "cancelled"
    assert desk.counts() == (0, 0)
    with pytest.raises(Conflict):
        services.cancel(transfer.id, desk.actor)


def test_a_transfer_that_nothing_works_on_any_more_can_be_started_again(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    transfer = desk.start(ready_lead())
    with pytest.raises(Conflict):
        services.retry(transfer.id, desk.actor)
    db.session.query(OutboxItem).filter_by(subject_id=transfer.id).update({"state": "dead"})
    services.retry(transfer.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success"


@pytest.mark.parametrize(("step", "advice"), [("customer", "again, with another day"), ("job", "call this off")])
def test_what_failed_is_not_tried_again_for_a_day_that_has_passed(
    desk: Desk, ready_lead: Any, run_outbox: Any, step: str, advice: str
) -> None:
    desk.far_end.switch(success_false={"step": step})
    transfer = desk.start(ready_lead())
    run_outbox()
    desk.far_end.switch(all=False)
    fresh(transfer).first_service_date = today_here() - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        services.retry(transfer.id, desk.actor)
    assert advice in refused.value.errors["first_service_date"]
    transfer.first_service_date = today_here()
    services.retry(transfer.id, desk.actor)
    db.session.commit()
    run_outbox()
    assert fresh(transfer).state == "success" and desk.counts() == (1, 1)


def test_requests_are_sealed(desk: Desk, ready_lead: Any, run_outbox: Any) -> None:
    transfer = desk.start(ready_lead(name="Olive Penrose"))
    run_outbox()
    for call in db.session.query(TransferCall).filter_by(transfer_id=transfer.id):
        assert b"Penrose" not in call.request_sealed
        assert b"success" not in call.answer_sealed


def test_a_slow_squeegee_does_not_outlast_the_lease(
    desk: Desk, ready_lead: Any, run_outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.squeegee.jobs import running

    settle, left = running.settle, []

    def after_a_while(claim: Any, step: Any, result: Any) -> Any:
        item = db.session.query(OutboxItem).filter_by(id=claim.item_id).one()
        left.append(item.lease_until - utcnow())
        item.lease_until -= timedelta(seconds=40)
        db.session.commit()
        return settle(claim, step, result)

    monkeypatch.setattr(running, "settle", after_a_while)
    transfer = desk.start(ready_lead())
    run_outbox()
    assert fresh(transfer).state == "success"
    assert len(left) == 2 and min(left) > timedelta(seconds=30)


def test_the_job_s_tags_name_source_and_owner_as_the_preview_does(
    desk: Desk, ready_lead: Callable[..., Any], run_outbox: Any
) -> None:
    get_account().tags = ["{source}", "by {owner}"]
    db.session.commit()
    transfer = desk.start(ready_lead(owner_id=desk.actor.user_id))
    run_outbox()
    sent = [call.request for call in transfer_page(transfer.id, with_bodies=True).calls if call.step == "job"]
    assert len(sent) == 1
    assert "Website form" in sent[0]
    assert "by Alice Archer" in sent[0]
