"""The way out of mails: in the header for the mail program (RFC 8058), in the foot of what advertises."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.contacts.models import Consent
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.services import change_fact
from app.messaging import services
from app.messaging.models import Message, Suppression
from app.notifications.models import Notification

TO = "hannah.cole@example.com"


def path_of(mail: dict[str, Any]) -> str:
    """The path in the header, which must be one https or http address in angle brackets."""
    found = re.fullmatch(r"<http://127\.0\.0\.1:9(/u/[\w-]+)>", mail["headers"]["List-Unsubscribe"].replace("\r\n", ""))
    assert found
    return found[1]


@pytest.fixture
def advert(write, run_outbox, mailbox, lead):
    """An offer that went out to somebody who had agreed to them."""
    db.session.add(
        Consent(
            contact_id=lead.contact_id, channel="email", purpose="marketing", granted=True, wording="x", source="form"
        )
    )  # fmt: skip
    db.session.commit()
    write(purpose="marketing", body="Gutters at half the price")
    run_outbox()
    return mailbox.mails(TO)[0]


def test_an_offer_carries_it_in_header_and_foot(advert) -> None:
    assert advert["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = path_of(advert)
    assert f"http://127.0.0.1:9{path}" in advert["text"]
    assert f'href="http://127.0.0.1:9{path}"' in advert["html"]


def test_a_letter_that_a_person_wrote_carries_none(world, write, run_outbox, mailbox) -> None:
    write(created_by=world.bob.user_id)
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert "List-Unsubscribe" not in mail["headers"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_it_changes_nothing(client, advert, method) -> None:
    before = [db.session.query(each).count() for each in (Consent, Suppression, Activity)]
    answer = client.open(path_of(advert), method=method)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "no-referrer" in answer.headers["Referrer-Policy"] and "noindex" in answer.headers["X-Robots-Tag"]
    assert [db.session.query(each).count() for each in (Consent, Suppression, Activity)] == before


def test_one_click_stops_offers_and_nothing_else(client, advert, world, lead, write, run_outbox, state_of) -> None:
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):  # mail programs repeat
        answer = client.post(path_of(advert), data=body, csrf=False)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    lines = db.session.scalars(select(Consent).order_by(Consent.created_at)).all()
    assert [(each.granted, each.source) for each in lines] == [(True, "form"), (False, "one_click")]
    assert lines[1].wording == "Wells Window Cleaning may write to me by email about offers and other services."
    offer, service = write(purpose="marketing"), write()
    run_outbox()
    assert state_of(offer) == ("refused", "no_consent")
    assert state_of(service)[0] == "sent"
    line = db.session.scalars(select(Activity).where(Activity.event == "contact.wishes_changed")).one()
    assert (line.actor_kind, line.data["changes"]) == ("customer", [["email", "marketing", False]])
    told = db.session.scalars(select(Notification).where(Notification.kind == "details_changed")).all()
    assert [each.user_id for each in told] == [world.alice.user_id]


def test_one_click_on_what_sill_sends_by_itself_stops_every_email(
    client, write, run_outbox, mailbox, state_of
) -> None:  # fmt: skip
    write()
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert "/u/" not in mail["text"]
    waiting = write()  # queued by the time of the click
    db.session.commit()
    assert client.post(path_of(mail), data={"List-Unsubscribe": "One-Click"}, csrf=False).status_code == 200
    run_outbox()
    assert state_of(waiting) == ("refused", "opted_out")
    assert services.is_suppressed("email", TO)


def test_one_click_in_a_mail_to_an_address_that_was_put_right_leaves_the_right_one_open(
    client, world, lead, write, run_outbox, mailbox, state_of
) -> None:  # fmt: skip
    write()
    run_outbox()
    [mail] = mailbox.mails(TO)
    change_fact(lead.id, "email", "hannah.hill@example.com", TO, world.alice.actor)
    db.session.commit()
    assert client.post(path_of(mail), data={"List-Unsubscribe": "One-Click"}, csrf=False).status_code == 200
    assert services.is_suppressed("email", TO) and not services.is_suppressed("email", "hannah.hill@example.com")
    assert db.session.scalars(select(Consent)).all() == []
    service = write(recipient="hannah.hill@example.com")
    run_outbox()
    assert state_of(service)[0] == "sent"


def test_one_click_holds_for_everybody_at_that_address(
    client, advert, lead, make_lead, run_outbox, state_of
) -> None:  # fmt: skip
    again = make_lead(name="George Potter", email=TO, phone="07700 900319")
    db.session.add(
        Consent(
            contact_id=again.contact_id, channel="email", purpose="marketing", granted=True, wording="x", source="form"
        )
    )  # fmt: skip
    db.session.commit()
    assert again.contact_id != lead.contact_id
    assert client.post(path_of(advert), data={"List-Unsubscribe": "One-Click"}, csrf=False).status_code == 200
    offer = services.compose(
        again, "email", recipient=TO, subject="x", body="x", purpose="marketing", actor=SYSTEM
    )  # fmt: skip
    db.session.commit()
    run_outbox()
    assert state_of(offer) == ("refused", "no_consent")


def test_a_link_we_did_not_make_opens_nothing(client, advert) -> None:
    path = path_of(advert)
    for wrong in ("/u/x", path[:-2] + "AA", path + "AA", f"/u/{'a' * 64}", "/u/%00", f"/u/{'é' * 40}"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, csrf=False).status_code == 404


def test_after_erasure_it_says_so(client, advert) -> None:
    db.session.query(Message).delete()
    db.session.commit()
    answer = client.post(path_of(advert), data={"List-Unsubscribe": "One-Click"}, csrf=False)
    assert answer.status_code == 200
    assert "erased" in answer.text
