"""Whoever wants no more messages ends the chase of all their leads at once, by whatever door they say so."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.permissions import SYSTEM, Actor
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import enrol
from app.messaging import services as messaging
from app.messaging.models import Message
from app.messaging.services import compose, keep_wishes, note_status, unsubscribe

CUSTOMER = Actor("customer")


@pytest.fixture
def chased(world: Any, make_lead: Any, sequence: Any) -> Any:
    """A lead with a text to come in three days."""
    for each in db.session.scalars(select(Sequence)):
        each.is_active = False
    db.session.commit()
    lead = make_lead(email="hannah.cole@example.com", phone="07700 900318")
    enrol(lead, sequence(Step("ask", "sms", "Ask", Delay(3), template_key="plain_sms")), SYSTEM)
    db.session.commit()
    return lead


def write(lead: Any, channel: str) -> Message:
    recipient = lead.contact.email if channel == "email" else lead.contact.phone
    message = compose(
        lead, channel, recipient=recipient, subject="Your quote", body="Hello", actor=SYSTEM, hold=timedelta(hours=1)
    )
    db.session.commit()
    return message


def ended() -> tuple[Any, ...]:
    ways = db.session.execute(select(Enrolment.state, Enrolment.why)).all()
    acts = db.session.scalars(select(FollowUp.state).where(FollowUp.enrolment_id.is_not(None))).all()
    return (*map(tuple, ways), *acts)


def test_one_click_ends_the_texts_too(chased: Any) -> None:
    unsubscribe(write(chased, "email").id, CUSTOMER)
    assert ended() == (("stopped", "opted_out"), "cancelled")


def test_it_is_the_persons_and_counts_for_their_other_leads(chased: Any, make_lead: Any) -> None:
    other = make_lead(email="hannah.cole@example.com")
    other.contact_id = chased.contact_id
    db.session.commit()
    db.session.refresh(other)
    keep_wishes(other, {("sms", "service"): False}, CUSTOMER)
    assert ended() == (("stopped", "opted_out"), "cancelled")


def test_no_advertising_is_no_end_of_the_quote(chased: Any) -> None:
    keep_wishes(chased, {("email", "marketing"): True}, CUSTOMER)
    keep_wishes(chased, {("email", "marketing"): False}, CUSTOMER)
    assert ended() == (("active", None), "planned")


def test_a_stop_that_only_the_carrier_knows_of_is_heeded(chased: Any) -> None:
    message = write(chased, "sms")
    message.state, message.provider_id = "sent", "SM1"
    db.session.commit()
    note_status("SM1", "undelivered", "21610", None)
    assert messaging.is_suppressed("sms", "07700 900318")
    assert ended() == (("stopped", "opted_out"), "cancelled")
