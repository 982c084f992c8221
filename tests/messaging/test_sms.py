"""Texts through Twilio's API over real HTTP, and what Twilio reports afterwards."""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

import pytest

from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging import services, transports
from app.messaging.ports.settings import TwilioSettings
from app.messaging.services.statuses import HOOK
from app.messaging.transports.twilio import TwilioTransport
from tests.support.simulators import TWILIO_TOKEN

TO = "+447700900318"
BASE = "http://127.0.0.1:9"


def report(client, message, status, *, sid=None, error=None, token=TWILIO_TOKEN, path=None):
    """Report as Twilio does, signed, to the address that we gave it."""
    url = services.status_url(message.id)
    db.session.commit()
    fields = {"MessageSid": sid or message.provider_id, "MessageStatus": status, "To": TO}
    if error:
        fields["ErrorCode"] = str(error)
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    target = path or url.removeprefix(BASE)
    return client.post(target, data=fields, csrf=False, headers={"X-Twilio-Signature": signature})


@pytest.fixture
def sent(write, run_outbox, mailbox):
    """A text that Twilio has taken."""
    message = write("sms")
    run_outbox()
    db.session.refresh(message)
    return message


def test_a_text_is_taken_once_and_named(sent, mailbox, state_of):
    [text] = mailbox.texts(TO)
    assert (text["body"], text["sender"]) == ("Hello Hannah", "+447700900000")
    assert text["sid"] == sent.provider_id
    assert text["key"] == str(sent.id)
    assert state_of(sent) == ("sent", None)


def test_quotes_and_dashes_do_not_double_the_price(write, run_outbox, mailbox):
    write("sms", body="We’re in your street – “Mill Lane” – tomorrow…")
    run_outbox()
    assert mailbox.texts(TO)[0]["body"] == 'We\'re in your street - "Mill Lane" - tomorrow...'


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("01749 960123", "no_mobile"),
        ("0117 496 0123", "no_mobile"),
        ("12", "bad_address"),
        ("03069 990123", "no_mobile"),
    ],
)
def test_what_is_no_mobile_is_refused_before_it_costs_anything(write, run_outbox, mailbox, state_of, recipient, code):
    message = write("sms", recipient=recipient)
    run_outbox()
    assert state_of(message) == ("refused", code)
    assert mailbox.texts() == []


def test_drama_numbers_are_never_given_to_the_real_provider(write, run_outbox, mailbox, state_of, monkeypatch):
    monkeypatch.setattr(transports.sms_transport(), "reaches_real_phones", True)
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("refused", "drama_number")
    assert mailbox.texts() == []


@pytest.mark.parametrize(
    ("base", "real"),
    [
        ("https://api.twilio.com", True), ("https://api.dublin.ie1.twilio.com", True), ("https://TWILIO.com", True),
        ("http://127.0.0.1:9/twilio", False), ("https://nottwilio.com", False),
    ],
)  # fmt: skip
def test_which_api_reaches_real_phones(base, real):
    account = TwilioSettings(account_sid="AC1", auth_token="secret", sender="+447700900000")
    assert TwilioTransport(account, api_base=base).reaches_real_phones is real


def test_opted_out_at_twilio_is_opted_out_here(write, run_outbox, mailbox, state_of):
    mailbox.switch(twilio={"opted_out": True})
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("failed", "twilio_21610")
    assert services.is_suppressed("sms", "07700 900318")


def test_too_many_requests_are_tried_again(write, run_outbox, make_due, mailbox, state_of, attempts_of):
    mailbox.switch(twilio={"status_429": {"times": 1}})
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("queued", None)
    make_due("message.send")
    run_outbox()
    assert attempts_of(message) == ["not_sent", "accepted"]


def test_reports_only_ever_go_forward(client, sent, state_of):
    for status in ("delivered", "queued", "sent", "delivered", "sent"):
        assert report(client, sent, status).status_code == 204
    assert state_of(sent) == ("delivered", None)
    assert report(client, sent, "undelivered", error=30003).status_code == 204
    assert state_of(sent) == ("delivered", None)


def test_a_text_that_never_arrived_is_a_failure(client, sent, state_of):
    report(client, sent, "undelivered", error=30003)
    report(client, sent, "sent")
    assert state_of(sent) == ("failed", "twilio_30003")


def test_a_late_opt_out_is_kept(client, sent):
    report(client, sent, "failed", error=21610)
    assert services.is_suppressed("sms", TO)


def test_a_report_settles_what_was_uncertain(client, write, run_outbox, mailbox, state_of, monkeypatch):
    monkeypatch.setattr(transports.sms_transport(), "honours_our_id", False)
    mailbox.switch(twilio={"cut_after": {"times": 1}})
    message = write("sms")
    run_outbox()
    assert state_of(message)[0] == "uncertain"
    assert report(client, message, "sent", sid="SMfound").status_code == 204
    assert state_of(message) == ("sent", None)
    assert report(client, message, "delivered", sid="SMfound").status_code == 204
    assert state_of(message) == ("delivered", None)


@pytest.fixture
def again(client, world, sent):
    """Somebody sends again what came back; the message and the provider's name for the try before."""
    report(client, sent, "undelivered", error=30003)
    before = sent.provider_id
    services.retry(sent.id, world.alice.actor)
    db.session.commit()
    return sent, before


@pytest.mark.parametrize(("status", "error"), [("undelivered", 30003), ("sent", None), ("delivered", None)])
def test_a_late_report_of_one_try_says_nothing_of_the_next(
    client, again, run_outbox, mailbox, monkeypatch, state_of, status, error
):
    message, before = again
    transport = transports.sms_transport()

    def repeated(sms):
        report(client, services.locked_message(sms.message_id), status, sid=before, error=error)
        return type(transport).send(transport, sms)

    monkeypatch.setattr(transport, "send", repeated)
    report(client, message, status, sid=before, error=error)
    assert state_of(message) == ("queued", None)
    run_outbox()
    report(client, message, status, sid=before, error=error)
    db.session.refresh(message)
    assert state_of(message) == ("sent", None) and message.provider_id != before
    assert len({text["key"] for text in mailbox.texts(TO)}) == 2
    report(client, message, "delivered")
    assert state_of(message) == ("delivered", None)


def test_a_report_of_a_try_before_last_stops_nothing_either(client, world, again, run_outbox, mailbox, state_of):
    message, first = again
    run_outbox()
    db.session.refresh(message)
    report(client, message, "undelivered", error=30003)
    services.retry(message.id, world.alice.actor)
    db.session.commit()
    for status in ("undelivered", "sent"):
        report(client, message, status, sid=first)
        assert state_of(message) == ("queued", None)
    run_outbox()
    assert len(mailbox.texts(TO)) == 3


def test_a_report_settles_what_waits_after_a_try_that_nobody_knows_the_end_of(
    client, write, run_outbox, make_due, mailbox, state_of
):
    mailbox.switch(twilio={"cut_after": {"times": 1}})
    message = write("sms")
    run_outbox()
    assert report(client, message, "undelivered", sid="SMfound", error=30003).status_code == 204
    assert state_of(message)[0] == "queued"
    report(client, message, "delivered", sid="SMfound")
    make_due("message.send")
    run_outbox()
    assert state_of(message) == ("delivered", None) and len(mailbox.texts(TO)) == 1


def test_a_report_quicker_than_our_own_note_is_kept(client, write, run_outbox, mailbox, monkeypatch, state_of):
    transport = transports.sms_transport()

    def overtaken(sms):
        accepted = type(transport).send(transport, sms)
        found = services.locked_message(sms.message_id)
        report(client, found, "delivered", sid=accepted.provider_id)
        return accepted

    monkeypatch.setattr(transport, "send", overtaken)
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("delivered", None)


def test_a_message_nobody_knows_is_passed_over(client, sent, state_of):
    other = services.compose(None, "email", recipient="bob@example.com", subject="", body="x", actor=SYSTEM)
    assert report(client, other, "delivered", sid="SMunknown").status_code == 204
    assert state_of(sent)[0] == "sent"
    assert state_of(other)[0] == "queued"


def test_what_is_not_signed_is_not_believed(client, sent, state_of):
    assert report(client, sent, "delivered", token="somebody else's").status_code == 403
    path = urlsplit(services.status_url(sent.id)).path
    assert client.post(path, data={"MessageSid": sent.provider_id}, csrf=False).status_code == 403
    assert state_of(sent)[0] == "sent"


def test_a_report_to_another_address_is_not_believed(client, sent, state_of):
    """The signature covers the address, so a report can't be turned to another workspace's hook."""
    assert report(client, sent, "delivered", path=f"{HOOK}/elsewhere").status_code == 403
    assert state_of(sent)[0] == "sent"


def test_each_workspace_has_a_hook_of_its_own(world, app):
    from uuid import uuid4

    from app.core.tenancy import acting_in

    message_id = uuid4()
    ours = services.status_url(message_id)
    with acting_in(world.other_workspace_id):
        theirs = services.status_url(message_id)
    assert ours != theirs
    assert services.workspace_of_hook(urlsplit(ours).path.rpartition("/")[2]) == world.workspace_id


@pytest.mark.parametrize(
    ("body", "words"),
    [("", "1 text · 160 left"), ("x" * 161, "2 texts · 8p · 145 left"), ("“Hello” – Zoë", "1 text · 4p · 147 left"),
     ("See you ☺", "1 text · 4p · 61 left")],
)  # fmt: skip
def test_a_text_is_counted_while_it_is_typed(alice, body, words):
    answer = alice.post(f"/w/{alice.slug}/messages/length", data={"body": body}, hx=True)

    assert words in answer.text
    assert ("data-plain=" in answer.text) == ("☺" in body)


def test_what_makes_a_text_dearer_is_shown_with_what_it_would_cost_without(alice):
    body = "Dear Ms Cole, we come on Tuesday between nine and eleven to do your windows outside 👍🏽 Шиллинг"
    answer = alice.post(f"/w/{alice.slug}/messages/length", data={"body": body}, hx=True)

    assert "2 texts · 8p" in answer.text
    assert "👍🏽" in answer.text and "Шиллинг" in answer.text
    assert "makes it dearer: 1 text, 4p without" in answer.text


def test_a_landline_is_told_while_the_text_is_typed(alice):
    typed = {"body": "Hello", "recipient": "01749 960 123"}
    answer = alice.post(f"/w/{alice.slug}/messages/length", data=typed, hx=True)
    assert "no mobile number" in answer.text
