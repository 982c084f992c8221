"""Who will get this? The answer before a send is the one that holds when each message leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.contacts.services import note_consent
from app.core.ids import new_id
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.services import put_on_shelf
from app.messaging.models import Message
from app.messaging.services import compose, suppress
from app.messaging.services.judging import who_gets
from app.messaging.services.refusing import refusal
from app.messaging.transports import email_transport, sms_transport

Make = Callable[..., Any]


def test_each_is_reached_or_left_out_for_one_reason(world: Any, make_lead: Make) -> None:
    well = make_lead(name="Hannah Cole")
    opted_out, bounced = make_lead(), make_lead()
    suppress("email", opted_out.contact.email, "asked")
    suppress("email", bounced.contact.email, "bounced")
    nowhere = make_lead(email=None)
    tired = make_lead()
    tired.follow_up_count = 3
    away = make_lead()
    db.session.flush()
    put_on_shelf([away.id], "archive", world.alice.actor)
    stranger = new_id()
    asked = [well.id, opted_out.id, bounced.id, nowhere.id, tired.id, away.id, stranger]

    judged = who_gets(asked, "email")

    assert (judged.total, judged.reached, judged.reached_ids) == (7, 1, (well.id,))
    assert dict(judged.left_out) == {
        "opted_out": 1, "bounced": 1, "no_email": 1, "enough_attempts": 1, "not_on_desk": 1, "gone": 1,
    }  # fmt: skip
    assert [each.lead_id for each in judged.examples_of("bounced")] == [bounced.id]
    assert who_gets([tired.id], "email", counts=False).reached == 1


def test_texts_go_to_mobiles_only(make_lead: Make) -> None:
    mobile, landline, none = make_lead(phone="07700 900318"), make_lead(phone="01632 960123"), make_lead(phone=None)
    judged = who_gets([mobile.id, landline.id, none.id], "sms")
    assert judged.reached_ids == (mobile.id,)
    assert dict(judged.left_out) == {"no_mobile": 1, "no_number": 1}


def test_advertising_needs_a_yes_that_was_not_taken_back(make_lead: Make) -> None:
    never, yes, no_more = make_lead(), make_lead(), make_lead()
    note_consent(yes.contact_id, "email", "marketing", True, "Offers", "form")
    note_consent(no_more.contact_id, "email", "marketing", True, "Offers", "form")
    db.session.commit()
    note_consent(no_more.contact_id, "email", "marketing", False, "Offers", "link")
    db.session.commit()
    judged = who_gets([never.id, yes.id, no_more.id], "email", "marketing")
    assert judged.reached_ids == (yes.id,)
    assert judged.left_out == [("no_consent", 2)]


def test_one_person_gets_one_message(make_lead: Make) -> None:
    same = {"name": "Hannah Cole", "email": "hannah@example.com", "phone": "07700 900318"}
    leads = [make_lead(**same, address_line1="1 Mill Lane"), make_lead(**same, address_line1="9 High Street")]
    assert leads[0].contact_id == leads[1].contact_id
    assert who_gets([lead.id for lead in leads], "email").left_out == [("same_person", 1)]


def test_what_the_text_asks_for_must_be_known(make_lead: Make) -> None:
    priced, plain = make_lead(), make_lead()
    priced.set_price(2_400, "8_weekly")
    db.session.flush()
    asked = [priced.id, plain.id]
    assert who_gets(asked, "email", words="It is {price}.").left_out == [("no_price", 1)]
    assert who_gets(asked, "email", words="It is {price|as agreed}.").reached == 2
    assert who_gets(asked, "email", words="Look: {link}").left_out == [("no_quote", 2)]


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_it_agrees_with_the_last_look(make_lead: Make, channel: str, purpose: str) -> None:
    leads = [make_lead(phone=phone) for phone in ("07700 900318", "01632 960123", "+1 212 555 0123", "07700 900319")]
    suppress(channel, leads[3].contact.email if channel == "email" else leads[3].contact.phone, "asked")
    note_consent(leads[0].contact_id, channel, "marketing", True, "Offers", "form")
    db.session.commit()
    reached = set(who_gets([lead.id for lead in leads], channel, purpose).reached_ids)
    transport = email_transport() if channel == "email" else sms_transport()
    for lead in leads:
        recipient = lead.contact.email if channel == "email" else lead.contact.phone
        message = compose(lead, channel, recipient=recipient, subject="x", body="x", purpose=purpose, actor=SYSTEM)
        assert (refusal(message, transport) is None) == (lead.id in reached), lead.contact.phone
    assert db.session.scalars(select(Message)).first() is not None


def test_it_asks_once_however_many_there_are(make_lead: Make, count_sql: Any) -> None:
    leads = [make_lead().id for _ in range(12)]
    with count_sql() as statements:
        assert who_gets(leads, "email", "marketing", words="{link} {price}").reached == 0
    assert len(statements) <= 2


def test_others_leads_are_not_theirs_to_count(world: Any, make_lead: Make) -> None:
    hers = make_lead(owner_id=world.alice.user_id)
    with world.bob.acting():
        assert who_gets([hers.id], "email").left_out == [("gone", 1)]
