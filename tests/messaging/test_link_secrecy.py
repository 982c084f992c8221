"""A link is its reader's whole authority, so nobody on the desk reads one that was sent to somebody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.access_keys import without_keys
from app.core.clock import utcnow
from app.extensions import db
from app.messaging.models import Arrival, Conversation, Message
from app.quotes.services import QuoteDraft, draft_quote, send_quote
from tests.messaging.inbound import mail, post_mail
from tests.support.client import Client

INVITATION = re.compile(r"/invite/[\w-]{20,}")
CUSTOMERS = re.compile(r"/[ctup]/[\w-]{20,}")


def test_an_onlooker_can_not_take_up_somebody_elses_invitation(
    alice: Client, dave: Client, run_outbox: Callable[[], int], mailbox: Any
) -> None:
    alice.post("/w/wells/settings/invitations", data={"email": "erin@example.com", "role": "owner"})
    message = db.session.scalars(select(Message)).one()
    assert INVITATION.search(message.body)  # what is mailed has it
    run_outbox()
    assert INVITATION.search(mailbox.mails("erin@example.com")[0]["text"])
    for reader in (dave, alice):
        shown = reader.get(f"/w/wells/messages/{message.id}").text
        assert "invited" in shown or "invites" in shown
        assert "/invite/…" in shown and not INVITATION.search(shown)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_only_who_writes_quotes_reads_the_customers_link(
    alice: Client, bob: Client, dave: Client, make_lead: Any, run_outbox: Callable[[], int], mailbox: Any, channel: str
) -> None:
    lead = make_lead(phone="07700 900123", email="hannah.cole@example.com")
    link = "http://127.0.0.1:9/c/" + "k" * 32
    typed = {"channel": channel, "subject": "Your quote", "body": f"See {link}"}
    typed["recipient"] = "07700 900123" if channel == "sms" else "hannah.cole@example.com"
    assert alice.post(f"/w/wells/leads/{lead.id}/messages", data=typed).status_code == 303
    message = db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    address = f"/w/wells/messages/{message.id}"
    assert CUSTOMERS.search(bob.get(address).text)
    assert not CUSTOMERS.search(dave.get(address).text)
    assert not CUSTOMERS.search(dave.get("/w/wells/outbox?shelf=leaving").text)


def test_a_subject_tells_no_more_of_a_link_than_the_words_do(
    alice: Client, bob: Client, dave: Client, make_lead: Any, run_outbox: Callable[[], int],
    make_due: Callable[..., int], mailbox: Any, client: Any,
) -> None:  # fmt: skip
    lead = make_lead(email="hannah.cole@example.com")
    link = f"http://127.0.0.1:9/c/{'k' * 32}"
    typed = {"channel": "email", "recipient": "hannah.cole@example.com", "subject": f"Quote {link}", "body": "Here"}
    assert alice.post(f"/w/wells/leads/{lead.id}/messages", data=typed).status_code == 303
    make_due("message.send")
    run_outbox()
    assert f"Quote {link}" in [each["subject"] for each in mailbox.mails("hannah.cole@example.com")]
    message = db.session.scalars(select(Message).where(Message.created_by.is_not(None))).one()
    talk = db.session.scalars(select(Conversation.id)).one()
    for path in (f"messages/{message.id}", f"inbox/{talk}", f"leads/{lead.id}/timeline", "outbox?shelf=sent"):
        shown = dave.get(f"/w/wells/{path}").text
        assert "Quote http" in shown and not CUSTOMERS.search(shown), path
    assert CUSTOMERS.search(bob.get(f"/w/wells/messages/{message.id}").text)
    post_mail(client, mail(" ", subject=f"Re: {link}"))  # nothing but its subject
    shown = dave.get(f"/w/wells/leads/{lead.id}/timeline").text
    assert "Re: http" in shown and not CUSTOMERS.search(shown)
    post_mail(client, mail("Which one?", subject=f"Re: {link}", sender="stranger@example.org"))
    arrival = db.session.scalars(select(Arrival).where(Arrival.state == "waiting")).one()
    assert not CUSTOMERS.search(dave.get(f"/w/wells/inbox/waiting/{arrival.id}").text)


def test_the_timeline_keeps_no_link(
    alice: Client, make_lead: Any, run_outbox: Callable[[], int], make_due: Callable[..., int], mailbox: Any
) -> None:
    lead = make_lead(phone="07700 900123")
    typed = {"channel": "sms", "recipient": "07700 900123", "body": "See http://127.0.0.1:9/c/" + "k" * 32}
    alice.post(f"/w/wells/leads/{lead.id}/messages", data=typed)
    make_due("message.send")
    run_outbox()
    shown = alice.get(f"/w/wells/leads/{lead.id}/timeline").text
    assert "/c/…" in shown and not CUSTOMERS.search(shown)


def test_what_a_mail_that_waits_quotes_is_no_link_on_the_desk(dave: Client, alice: Client, client: Any) -> None:
    links = " ".join(f"http://127.0.0.1:9/{kind}/{'k' * 32}" for kind in "ctup")
    post_mail(client, mail(f"{links} is the one that I mean", sender="stranger@example.org"))
    arrival = db.session.scalars(select(Arrival)).one()
    for reader in (dave, alice):
        shown = reader.get(f"/w/wells/inbox/waiting/{arrival.id}").text
        assert "is the one that I mean" in shown and "/c/…" in shown and not CUSTOMERS.search(shown)
        assert not CUSTOMERS.search(reader.get("/w/wells/inbox?show=arrivals").text)


def test_the_timeline_keeps_no_link_that_a_customer_sends_back(alice: Client, make_lead: Any, client: Any) -> None:
    lead = make_lead(email="hannah.cole@example.com")
    post_mail(client, mail(f"I mean http://127.0.0.1:9/c/{'k' * 32} of last week"))
    shown = alice.get(f"/w/wells/leads/{lead.id}/timeline").text
    assert "of last week" in shown and "/c/…" in shown and not CUSTOMERS.search(shown)


@pytest.mark.parametrize(
    "written",
    [
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fsill.example%2Fc%2F{}&data=05%7C02",
        "https://gate.example/?to=https%253a%252f%252fsill.example%252fc%252f{}",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__sill.example_c_{}&d=DwM",
        "https://urldefense.com/v3/__https://sill.example/c/{}__;!!N11eV2iwtfs!q",
    ],
)
def test_nor_one_that_a_mail_filter_has_written_into_its_own(
    alice: Client, dave: Client, make_lead: Any, client: Any, written: str
) -> None:
    lead, key = make_lead(email="hannah.cole@example.com"), "Jx0K-ixZpvQNIRN1_dYT99EZexrEVuWq"
    post_mail(client, mail(f"This one of last week:\n{written.format(key)}"))
    talk = db.session.scalars(select(Conversation.id)).one()
    for path in (f"leads/{lead.id}/timeline", f"inbox/{talk}"):
        shown = dave.get(f"/w/wells/{path}").text
        assert "of last week" in shown and "…" in shown and key[:8] not in shown and key[-8:] not in shown
    assert key in alice.get(f"/w/wells/inbox/{talk}").text


def test_an_onlooker_reads_no_link_for_photos_that_was_texted(
    alice: Client, dave: Client, make_lead: Any, run_outbox: Callable[[], int], make_due: Callable[..., int],
    mailbox: Any,
) -> None:  # fmt: skip
    lead = make_lead(phone="07700 900123")
    assert alice.post(f"/w/wells/leads/{lead.id}/photo-link", data={"channel": "sms"}, hx=True).status_code == 200
    make_due("message.send")
    run_outbox()
    assert "/p/" in mailbox.texts("+447700900123")[0]["body"]
    for reader in (dave, alice):
        shown = reader.get(f"/w/wells/leads/{lead.id}/timeline").text
        assert "/p/…" in shown and not CUSTOMERS.search(shown)


def test_only_the_keys_asked_for_are_taken_out() -> None:
    text = f"http://a/invite/{'i' * 32}, https://a/c/{'q' * 32}. /c/short"
    photos = f"http://a/p/{'p' * 32}"
    assert without_keys(text, "invitation") == f"http://a/invite/…, https://a/c/{'q' * 32}. /c/short"
    assert without_keys(text, "invitation", "quote") == "http://a/invite/…, https://a/c/…. /c/short"
    assert without_keys(f"{text} {photos}", "invitation", "quote").endswith(photos)
    assert without_keys(f"{text} {photos}") == "http://a/invite/…, https://a/c/…. /c/short http://a/p/…"


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_words_that_are_looked_at_with_a_lead_show_an_onlooker_no_link(
    alice: Client, dave: Client, world: Any, make_lead: Any, channel: str
) -> None:
    lead = make_lead(phone="07700 900123", email="hannah.cole@example.com")
    offer = QuoteDraft(rungs={"8_weekly": 2_400}, valid_until=(utcnow() + timedelta(days=20)).date())
    send_quote(draft_quote(lead.id, offer, world.alice.actor).id, "email", world.alice.actor)
    db.session.commit()
    typed = {"channel": channel, "subject": "{link}", "body": "{first_name}: {link}", "lead_id": str(lead.id)}
    shown = {who: who.post("/w/wells/settings/templates/words/preview", data=typed).text for who in (alice, dave)}
    assert CUSTOMERS.search(shown[alice]) and not CUSTOMERS.search(shown[dave])
    assert "Hannah: " in shown[dave] and "Made up here: link." in shown[dave]


@pytest.mark.parametrize("act", ["question", "decline"])
def test_a_link_that_a_customer_writes_on_their_own_page_stands_nowhere_on_the_desk(
    alice: Client, dave: Client, client: Any, world: Any, make_lead: Any, act: str
) -> None:
    lead = make_lead(email="hannah.cole@example.com")
    offer = QuoteDraft(rungs={"8_weekly": 2_400}, valid_until=(utcnow() + timedelta(days=20)).date())
    quote = send_quote(draft_quote(lead.id, offer, world.alice.actor).id, "email", world.alice.actor)
    db.session.commit()
    words = f"Is http://127.0.0.1:9/c/{quote.link_secret} the one that I mean?"
    for _ in range(2):  # the second is a second tap
        assert client.post(f"/c/{quote.link_secret}/{act}", data={"words": words, "reason": "other"}).status_code == 303
    for page in (f"leads/{lead.id}", f"leads/{lead.id}/timeline", f"quotes/{quote.id}"):
        assert not CUSTOMERS.search(dave.get(f"/w/wells/{page}", hx=True).text)
    told = dave.get(f"/w/wells/leads/{lead.id}/timeline", hx=True).text
    assert told.count("Is http://127.0.0.1:9/c/… the one that I mean?") == 1
