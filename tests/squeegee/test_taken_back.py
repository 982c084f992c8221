"""Said to be in Squeegee by mistake: the lead waits to be handed over as before."""

from typing import Any

import pytest

from app.activities.models import Activity
from app.core.errors import Conflict
from app.extensions import db
from app.squeegee import services
from app.squeegee.models import Transfer
from tests.squeegee.desk import Desk, fresh, stage_of


def entered(desk: Desk, lead: Any, reference: str = "C-77", day: Any = None) -> Transfer:
    """Note that a lead was typed into Squeegee."""
    transfer = services.enter_by_hand(lead.id, reference, desk.actor, first_service_date=day, handed=[("Name", "X")])
    db.session.commit()
    return transfer


def test_a_lead_noted_by_mistake_is_ready_again(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    transfer = entered(desk, lead, day=desk.day)
    assert stage_of(lead) == "booking_confirmed"
    url = f"/w/wells/transfers/{transfer.id}"
    assert "Not in Squeegee after all" in alice.get(url).text
    assert alice.post(f"{url}/take-back").status_code == 303
    page = alice.get(url).text
    assert "Called off" in page and "Not in Squeegee after all" not in page
    assert stage_of(lead) == "ready_for_squeegee"
    now = fresh(lead)
    kept = (now.squeegee_customer_id, now.transferred_at, now.booking_confirmed_at, now.first_service_date)
    assert kept == (None, None, None, None)
    assert db.session.query(Activity).filter_by(lead_id=lead.id, event="transfer.taken_back").count() == 1
    assert entered(desk, fresh(lead), "C-78").state == "success"
    assert fresh(lead).squeegee_customer_id == "C-78"


def test_a_row_of_a_file_noted_by_mistake_is_free_again(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    batch = services.make_batch([lead.id], "csv", desk.actor).batch
    db.session.commit()
    services.confirm_all(batch.id, desk.actor)
    db.session.commit()
    transfer = db.session.query(Transfer).one()
    assert alice.post(f"/w/wells/transfers/{transfer.id}/take-back").status_code == 303
    assert fresh(transfer).state == "cancelled" and stage_of(lead) == "ready_for_squeegee"
    assert alice.get(f"/w/wells/squeegee/batches/{batch.id}").status_code == 200
    assert desk.start(fresh(lead)).state == "pending"


def test_what_squeegee_has_answered_or_confirmed_is_not_taken_back(desk: Desk, ready_lead: Any, alice: Any) -> None:
    typed, sent = ready_lead(name="Typed In"), ready_lead(name="Sent Over")
    by_hand, by_api = entered(desk, typed), desk.start(sent)
    told = services.Confirmation(typed.number, desk.day, message_id="m1")
    assert services.take_news("webhook", told, desk.actor) == "recorded"
    db.session.commit()
    assert alice.post(f"/w/wells/transfers/{by_hand.id}/take-back").status_code == 409
    with pytest.raises(Conflict):
        services.take_back(by_api.id, desk.actor)
    assert fresh(typed).first_service_date == desk.day and stage_of(typed) == "booking_confirmed"


def test_it_is_taken_back_once_and_only_by_who_hands_over(
    desk: Desk, ready_lead: Any, alice: Any, dave: Any
) -> None:
    transfer = entered(desk, ready_lead())
    url = f"/w/wells/transfers/{transfer.id}/take-back"
    assert dave.post(url).status_code == 403
    assert alice.post(url).status_code == 303 and alice.post(url).status_code == 409
