"""The booking comes back: by the simulator's signed message, by forged ones, and by hand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.errors import Invalid
from app.extensions import db
from app.squeegee import services
from app.squeegee.queries.news import difference_of, differences
from tests.squeegee.desk import Desk, fresh, hook_path, signed, stage_of


def post(client: Any, body: bytes, headers: dict[str, str], path: str | None = None) -> int:
    return client.post(path or hook_path(), data=body, headers=headers, csrf=False).status_code


def told_of(lead: Any, event: str) -> int:
    rows = db.session.scalars(select(Activity.id).where(Activity.lead_id == lead.id, Activity.event == event))
    return len(rows.all())


def test_a_signed_confirmation_books_the_lead(desk: Desk, ready_lead: Any, client: Any, webhook_secret: str) -> None:
    lead, body = ready_lead(), b""
    body = desk.confirmation(lead)
    assert post(client, body, signed(webhook_secret, body)) == 204
    lead = fresh(lead)
    assert (lead.first_service_date, stage_of(lead)) == (desk.day, "booking_confirmed")
    assert (lead.squeegee_customer_id, lead.squeegee_job_id) == ("cust-1", "job-1")


def test_the_simulator_signs_what_the_door_takes(
    desk: Desk, ready_lead: Any, run_outbox: Any, client: Any, webhook_secret: str
) -> None:
    """What the simulator would send for a lead that was really handed over, passed on by hand."""
    lead = ready_lead()
    desk.start(lead)
    run_outbox()
    held = desk.far_end.state()["jobs"][0]
    body = desk.confirmation(lead, customer_id=held["customer_id"], job_id=held["id"])
    assert post(client, body, signed(webhook_secret, body)) == 204
    assert fresh(lead).squeegee_job_id == held["id"]
    assert stage_of(lead) == "booking_confirmed"


def test_a_bad_old_or_missing_signature_is_refused(
    desk: Desk, ready_lead: Any, client: Any, webhook_secret: str
) -> None:
    lead = ready_lead()
    body = desk.confirmation(lead)
    good = signed(webhook_secret, body)
    forged = signed("whsec_c29tZWJvZHkgZWxzZQ==", body)
    old = signed(webhook_secret, body, age=timedelta(minutes=6))
    ahead = signed(webhook_secret, body, age=timedelta(minutes=-6))
    other_id = good | {"webhook-id": "msg_2"}
    unsigned = {"Content-Type": "application/json"}
    for headers in (forged, old, ahead, other_id, unsigned, good | {"webhook-signature": ""}):
        assert post(client, body, headers) == 401
    assert post(client, body.replace(b"cust-1", b"cust-2"), good) == 401
    assert fresh(lead).booking_confirmed_at is None
    several = good | {"webhook-signature": f"v1,bm9wZQ== {good['webhook-signature']}"}
    assert post(client, body, several) == 204


def test_a_repeated_message_books_once(desk: Desk, ready_lead: Any, client: Any, webhook_secret: str) -> None:
    lead = ready_lead()
    body = desk.confirmation(lead)
    for message_id in ("msg_1", "msg_1", "msg_2"):
        assert post(client, body, signed(webhook_secret, body, message_id=message_id)) == 204
    assert told_of(lead, "booking.confirmed") == 1


def test_another_date_waits_for_a_person_and_changes_nothing(
    desk: Desk, ready_lead: Any, client: Any, webhook_secret: str
) -> None:
    lead = ready_lead()
    services.record_booking(lead.id, desk.day, desk.actor)
    db.session.commit()
    body = desk.confirmation(lead, desk.day + timedelta(days=3))
    for message_id in ("msg_1", "msg_1", "msg_2"):
        assert post(client, body, signed(webhook_secret, body, message_id=message_id)) == 204
    assert fresh(lead).first_service_date == desk.day
    waiting = difference_of(lead.id)
    assert waiting is not None
    assert (waiting.ours, [said.date for said in waiting.said]) == (desk.day, [desk.day + timedelta(days=3)])
    first = desk.confirmation(lead)
    assert post(client, first, signed(webhook_secret, first, message_id="msg_9")) == 204
    assert (told_of(lead, "booking.differs"), told_of(lead, "booking.confirmed")) == (1, 1)
    assert len(differences().rows) == 1


def test_what_concerns_nothing_here_is_let_go(desk: Desk, ready_lead: Any, client: Any, webhook_secret: str) -> None:
    unknown = desk.confirmation(ready_lead(), reference="WWC-1999-001")
    other = b'{"type": "customer.updated", "data": {}}'
    for body in (unknown, other):
        assert post(client, body, signed(webhook_secret, body)) == 202


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[" * 15_000, b"[]", b'{"type": "booking.confirmed"}',
        b'{"type": "booking.confirmed", "data": {"reference": "X"}}',
        b'{"type": "booking.confirmed", "data": {"reference": "X", "first_service_date": "8/12/26"}}',
        b'{"type": "booking.confirmed", "data": {"reference": 7, "first_service_date": "2026-12-08"}}',
    ],
)  # fmt: skip
def test_a_broken_message_is_refused(desk: Desk, client: Any, webhook_secret: str, body: bytes) -> None:
    assert post(client, body, signed(webhook_secret, body)) == 400


def test_a_date_years_away_is_refused(desk: Desk, ready_lead: Any, client: Any, webhook_secret: str) -> None:
    lead = ready_lead()
    body = desk.confirmation(lead, desk.day.replace(year=desk.day.year + 9))
    assert post(client, body, signed(webhook_secret, body)) == 400
    assert stage_of(lead) == "ready_for_squeegee"


def test_a_key_opens_only_its_own_workspace(
    desk: Desk, ready_lead: Any, client: Any, webhook_secret: str, world: Any
) -> None:
    lead = ready_lead()
    body = desk.confirmation(lead)
    with world.mallory.acting():
        theirs = hook_path()
    assert post(client, body, signed(webhook_secret, body), theirs) == 401
    assert post(client, body, signed(webhook_secret, body), "/hooks/squeegee/nothing") == 404
    assert fresh(lead).booking_confirmed_at is None


def test_a_person_may_replace_the_date(desk: Desk, ready_lead: Any) -> None:
    lead = ready_lead()
    for day in (desk.day, desk.day, desk.day + timedelta(days=1)):
        services.record_booking(lead.id, day, desk.actor)
        db.session.commit()
    assert fresh(lead).first_service_date == desk.day + timedelta(days=1)
    assert told_of(lead, "booking.confirmed") == 2
    with pytest.raises(Invalid):
        services.record_booking(lead.id, desk.day + timedelta(days=1000), desk.actor)
