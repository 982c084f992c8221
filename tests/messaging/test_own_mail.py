"""What one of us wrote to a customer by another program, with the office in copy, is no answer of the customer's."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.messaging.models import Arrival, Message
from app.workspaces.queries import current_workspace
from tests.messaging.inbound import mail, message_id_of, post_mail

OFFICE = "Wells Windows <Office@wells.example.com>"


@pytest.fixture
def sent(write, world):
    current_workspace().reply_email = "office@wells.example.com"
    db.session.commit()
    return write()


def arrived() -> list[tuple[str, str | None]]:
    return [(each.state, each.why) for each in db.session.scalars(select(Arrival))]


def received() -> list[str]:
    return [each.body for each in db.session.scalars(select(Message).where(Message.direction == "in"))]


def test_our_own_answer_in_copy_is_put_aside(client, lead, sent):
    post_mail(client, mail("Yes, Tuesday suits us.", sender=OFFICE, References=message_id_of(sent)))
    assert (received(), arrived()) == ([], [("ignored", "own")])


def test_what_our_website_mails_in_our_name_waits_for_a_person(client, lead, sent):
    post_mail(client, mail("A new enquiry: three bedrooms in Wells", sender=OFFICE, subject="From the website"))
    assert (received(), arrived()) == ([], [("waiting", "unknown_sender")])


def test_who_is_a_customer_of_ours_under_that_address_is_heard(client, make_lead, lead, sent):
    make_lead(name="Test", email="office@wells.example.com", phone="07700 900319")
    post_mail(client, mail("Yes please", sender=OFFICE, References=message_id_of(sent)))
    assert received() == ["Yes please"]
