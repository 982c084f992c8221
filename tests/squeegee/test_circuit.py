"""While Squeegee is silent nothing is sent: transfers wait, one tries now and then, and then all of them go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.outbox import OutboxItem
from app.extensions import db
from app.notifications.models import Notification
from app.squeegee import services
from app.squeegee.models import SqueegeeCircuit, Transfer
from app.squeegee.queries import circuit, get_account
from tests.squeegee.desk import Desk, fresh

Work = Callable[..., int]


@pytest.fixture
def silent(desk: Desk, ready_lead: Any, run_outbox: Work) -> Transfer:
    """A transfer that has met the last of five errors in a row, so that the circuit is open."""
    db.session.add(SqueegeeCircuit(failures=4))
    desk.far_end.switch(status_500=True)
    transfer = desk.start(ready_lead())
    run_outbox()
    assert circuit().is_open
    return transfer


def requests(desk: Desk) -> int:
    return int(desk.far_end.state()["counts"]["requests"])


def trial_due() -> None:
    """Let the time pass until the next trial."""
    passed = db.session.query(SqueegeeCircuit).one().trial_at - utcnow() + timedelta(seconds=1)
    db.session.execute(update(SqueegeeCircuit).values(trial_at=SqueegeeCircuit.trial_at - passed))
    db.session.execute(update(OutboxItem).values(run_at=OutboxItem.run_at - passed))
    db.session.commit()


def due() -> int:
    """How many transfers are up now."""
    here = OutboxItem.kind == "transfer.run", OutboxItem.state == "ready", OutboxItem.run_at <= utcnow()
    return db.session.query(OutboxItem).filter(*here).count()


def test_five_failures_in_a_row_open_it_and_then_nothing_is_sent(
    desk: Desk, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    desk.far_end.switch(status_500=True)
    desk.start(ready_lead())
    for number in range(5):
        assert not circuit().is_open
        make_due("transfer.run")
        run_outbox()
        assert requests(desk) == number + 1
    later = desk.start(ready_lead())
    for _ in range(2):
        run_outbox()
        make_due("transfer.run")
    assert requests(desk) == 5
    assert (fresh(later).state, later.error) == ("pending", "squeegee_silent")
    assert db.session.query(OutboxItem).filter_by(subject_id=later.id).one().attempts == 0
    assert circuit().waiting == 2


def test_four_failures_and_an_answer_do_not(desk: Desk, ready_lead: Any, run_outbox: Work, make_due: Work) -> None:
    desk.far_end.switch(status_500={"times": 4})
    transfer = desk.start(ready_lead())
    for _ in range(5):
        make_due("transfer.run")
        run_outbox()
    assert fresh(transfer).state == "success"
    assert db.session.query(SqueegeeCircuit).one().failures == 0


@pytest.mark.parametrize("switch", ["success_false", "status_429"])
def test_refusals_and_a_wait_that_is_asked_for_do_not_open_it(
    desk: Desk, ready_lead: Any, run_outbox: Work, make_due: Work, switch: str
) -> None:
    desk.far_end.switch(**{switch: True})
    db.session.add(SqueegeeCircuit(failures=4))
    for _ in range(2):
        desk.start(ready_lead())
    run_outbox()
    assert requests(desk) == 2
    assert not circuit().is_open


@pytest.mark.parametrize("switch", ["cut_before", "garbage_json"])
def test_unclear_answers_open_it_before_many_need_a_look(
    desk: Desk, ready_lead: Any, run_outbox: Work, switch: str
) -> None:
    desk.far_end.switch(**{switch: True})
    db.session.add(SqueegeeCircuit(failures=3))
    transfers = [desk.start(ready_lead()) for _ in range(3)]
    run_outbox()
    assert sorted(fresh(transfer).state for transfer in transfers) == ["pending", "uncertain", "uncertain"]


def test_one_transfer_tries_and_a_failed_trial_waits_longer(
    desk: Desk, silent: Transfer, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    others = [desk.start(ready_lead()) for _ in range(3)]
    run_outbox()
    expected = [2, 4, 8, 16, 30, 30]  # minutes
    for number, minutes in enumerate(expected, start=2):
        trial_due()
        assert number == 2 or due() == 1  # the others look only behind the trial
        make_due("transfer.run") if number == 2 else None
        run_outbox()
        assert requests(desk) == number
        shown = circuit()
        assert shown.trial_at is not None
        assert abs(shown.trial_at - utcnow() - timedelta(minutes=minutes)) < timedelta(seconds=30)
        if number == 6:  # an outage of weeks
            db.session.query(SqueegeeCircuit).update({"failures": 900})
    # The least tried is up first, so that no one payload holds the others back for good.
    assert all(fresh(each).retries >= 1 for each in others)


def test_a_trial_that_comes_through_lets_all_go_on(
    desk: Desk, silent: Transfer, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    others = [desk.start(ready_lead()) for _ in range(3)]
    run_outbox()
    desk.far_end.switch(all=False)
    trial_due()
    make_due("transfer.run")
    run_outbox()
    assert not circuit().is_open
    assert {fresh(each).state for each in (silent, *others)} == {"success"}
    assert desk.counts() == (4, 4)


def test_a_refused_token_holds_everything_until_the_settings_change(
    desk: Desk, ready_lead: Any, run_outbox: Work, make_due: Work
) -> None:
    right = desk.far_end.token
    account = get_account()
    account.token = "PARTNER-wrong"
    db.session.commit()
    transfers = [desk.start(ready_lead()) for _ in range(3)]
    run_outbox()
    make_due("transfer.run")
    run_outbox()
    assert requests(desk) == 1
    assert circuit().needs_settings
    assert {fresh(each).state for each in transfers} == {"pending"}
    given = services.ConnectionFacts(desk.far_end.url, right, services.connection_seen(get_account()))
    services.change_connection(given, desk.actor)
    db.session.commit()
    run_outbox()
    assert {fresh(each).state for each in transfers} == {"success"}
    assert desk.counts() == (3, 3)


def test_a_person_need_not_wait(
    desk: Desk, silent: Transfer, alice: Any, run_outbox: Work, make_due: Work
) -> None:
    page = alice.get(f"/w/{alice.slug}/squeegee").text
    assert "Squeegee does not answer" in page
    assert "Try now" in page
    desk.far_end.switch(all=False)
    answer = alice.post(f"/w/{alice.slug}/squeegee/try-now", hx=True)
    assert answer.status_code == 200
    run_outbox()
    assert fresh(silent).state == "success"
    assert "does not answer" not in alice.get(f"/w/{alice.slug}/squeegee/silent", hx=True).text
    with pytest.raises(Conflict):
        services.try_now(desk.actor)
    assert alice.post(f"/w/{alice.slug}/squeegee/try-now", hx=True).status_code == 200


def test_managers_are_rung_for_once_a_day(
    desk: Desk, silent: Transfer, ready_lead: Any, run_outbox: Work
) -> None:
    desk.far_end.switch(all=False)
    services.try_now(desk.actor)
    db.session.commit()
    run_outbox()
    assert not circuit().is_open
    desk.far_end.switch(status_500=True)
    db.session.query(SqueegeeCircuit).update({"failures": 4})
    desk.start(ready_lead())
    run_outbox()
    assert circuit().is_open
    told = db.session.query(Notification).filter_by(kind="squeegee_silent").all()
    assert [row.user_id for row in told] == [desk.actor.user_id]


def test_whoever_started_a_transfer_is_rung_for_when_it_stops(
    desk: Desk, world: Any, ready_lead: Any, run_outbox: Work
) -> None:
    desk.far_end.switch(success_false={"times": 1}, cut_after={"step": "job", "times": 1})
    with world.bob.acting() as bob:
        refused = services.hand_over(ready_lead(owner_id=bob.user_id).id, "api", bob, desk.day)
        db.session.commit()
    run_outbox()
    unclear = desk.start(ready_lead())
    run_outbox()
    for member, transfer, state in ((world.bob, refused, "failed"), (world.alice, unclear, "uncertain")):
        with member.acting():  # a line is there for nobody else
            told = db.session.query(Notification).filter_by(kind="transfer_stopped", user_id=member.user_id).one()
            assert (told.data["transfer_id"], told.data["state"]) == (str(transfer.id), state)


def test_the_button_makes_no_second_trial_beside_one_that_is_under_way(
    desk: Desk, silent: Transfer, run_outbox: Work, make_due: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody presses it while the call of a trial is being made."""
    from app.squeegee.jobs import running
    from app.squeegee.services.circuit import admit

    seen, settle = [], running.settle

    def press(claim: Any, step: Any, result: Any) -> Any:
        services.try_now(desk.actor)
        seen.append(admit())
        db.session.commit()
        return settle(claim, step, result)

    monkeypatch.setattr(running, "settle", press)
    trial_due()
    make_due("transfer.run")
    run_outbox()
    assert requests(desk) == 2
    assert [each.is_trial for each in seen] == [False]


def test_a_trial_that_died_makes_room_for_another(
    desk: Desk, silent: Transfer, run_outbox: Work, make_due: Work
) -> None:
    """Whoever took the trial is gone: nobody else may try for a minute, then one may."""
    from app.squeegee.services.circuit import admit

    trial_due()
    assert admit().is_trial
    second = admit()
    assert not second.is_trial
    assert second.until is not None
    assert timedelta(seconds=50) < second.until - utcnow() < timedelta(seconds=90)
    trial_due()
    assert admit().is_trial
