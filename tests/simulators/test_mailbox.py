"""The mailbox simulator as a real process: mail over SMTP, SMS through Twilio's API, and its pages."""

import smtplib
from base64 import b64encode
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from twilio.request_validator import RequestValidator

from app.core import http
from simulators.mailbox.segments import segments
from tests.simulators.far_end import FarEnd
from tests.simulators.processes import Simulator

ACCOUNT, TOKEN = "AC00000000000000000000000000000001", "token-of-the-demo"
LINK = "http://127.0.0.1:8000/c/secret-of-the-quote"
TO = "hannah.cole@example.com"
MOBILE = "+447700900318"


class Mailbox:
    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.url
        self.smtp_port = int(simulator.ready.rpartition(":")[2])

    def get(self, path: str) -> http.Response:
        return http.request("GET", self.url + path, allow_private=True, max_bytes=10**7)

    def door(self, path: str, payload: object) -> http.Response:
        return http.request("POST", self.url + path, json=payload, allow_private=True)

    def send(self, message_id: str | None = "<one@sill.example>", to: str = TO) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "Somerset Window Cleaning <hello@example.com>", to
        message["Subject"] = "Hannah, here is your price – £24"
        if message_id:
            message["Message-ID"] = message_id
        message.set_content(f"Here is your price.\n\nOpen it: {LINK}.\n\n<script>alert(1)</script>")
        message.add_alternative(f'<p>Here</p><a href="{LINK}">See the price</a>', subtype="html")
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as server:
            server.send_message(message)

    def text(self, key: str | None = None, to: str = MOBILE, **more: str) -> http.Response:
        form = {"To": to, "From": "+441632960001", "Body": "Your clean is tomorrow.", **more}
        headers = {
            "Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if key:
            headers["I-Twilio-Idempotency-Token"] = key
        url = f"{self.url}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        return http.request("POST", url, headers=headers, body=urlencode(form).encode(), allow_private=True)

    def state(self) -> dict:
        return self.get("/_state").json()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory) -> Iterator[Simulator]:
    folder = str(tmp_path_factory.mktemp("mailbox"))
    ports = ("--http-port", "0", "--smtp-port", "0")
    started = Simulator("simulators.mailbox", *ports, "--data", folder, "--twilio-token", TOKEN)
    yield started
    assert started.stop() == 0


@pytest.fixture
def mailbox(simulator: Simulator) -> Iterator[Mailbox]:
    mailbox = Mailbox(simulator)
    yield mailbox
    mailbox.door("/_reset", {})


def test_a_mail_is_kept_and_can_be_read(mailbox) -> None:
    mailbox.send()
    assert mailbox.state()["mail"]["by_recipient"] == {TO: 1}
    mail = mailbox.get(f"/_messages?to={TO}").json()["mail"][0]
    assert (mail["subject"], mail["links"]) == ("Hannah, here is your price – £24", [LINK])
    assert "Somerset Window Cleaning" in mail["sender"]


def test_the_same_message_id_is_accepted_again_and_stored_once(mailbox) -> None:
    mailbox.send()
    mailbox.send()
    mailbox.send(to="ben@example.com")
    mail = mailbox.state()["mail"]
    assert (mail["count"], mail["repeats"]) == (2, 1)
    assert mail["repeats_by_key"] == {"<one@sill.example>": 1}


def test_repeats_are_stored_when_the_message_id_is_ignored_or_missing(mailbox) -> None:
    mailbox.door("/_switches", {"smtp": {"ignore_message_id": True}})
    mailbox.send()
    mailbox.send()
    mailbox.send(message_id=None)
    mailbox.send(message_id=None)
    assert mailbox.state()["mail"]["count"] == 4


def test_mail_is_refused_for_now_or_for_good(mailbox) -> None:
    mailbox.door("/_switches", {"smtp": {"refuse_451": 1}})
    with pytest.raises(smtplib.SMTPDataError) as caught:
        mailbox.send()
    assert caught.value.smtp_code == 451
    mailbox.door("/_switches", {"smtp": {"refuse_550": {"to": TO}}})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mailbox.send()
    mailbox.send(to="ben@example.com")
    assert mailbox.state()["mail"]["by_recipient"] == {"ben@example.com": 1}


@pytest.mark.parametrize(("switch", "kept"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_during_data_leaves_the_sender_in_doubt(mailbox, switch, kept) -> None:
    mailbox.door("/_switches", {"smtp": {switch: 1}})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        mailbox.send()
    assert mailbox.state()["mail"]["count"] == kept
    mailbox.send()
    assert mailbox.state()["mail"]["count"] == 1


def test_an_sms_is_answered_as_twilio_does_and_can_be_asked_for(mailbox) -> None:
    answer = mailbox.text()
    text = answer.json()
    assert answer.status == 201
    assert (text["to"], text["status"], text["num_segments"]) == (MOBILE, "queued", "1")
    assert text["sid"].startswith("SM")
    assert len(text["sid"]) == 34
    headers = {"Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}
    url = f"{mailbox.url}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To={quote(MOBILE)}"
    found = http.request("GET", url, headers=headers, allow_private=True).json()["messages"]
    assert [each["sid"] for each in found] == [text["sid"]]


def test_the_same_idempotency_key_sends_once(mailbox) -> None:
    first, second, other = (
        mailbox.text("key-1").json(),
        mailbox.text("key-1").json(),
        mailbox.text("key-2").json(),
    )
    assert first["sid"] == second["sid"] != other["sid"]
    sms = mailbox.state()["sms"]
    assert (sms["count"], sms["repeats"], sms["by_recipient"]) == (2, 1, {MOBILE: 2})


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [
        ("landline", 400, 21614),
        ("opted_out", 400, 21610),
        ("status_500", 500, 20500),
        ("status_429", 429, 20429),
    ],
)
def test_sms_errors_have_twilios_codes(mailbox, switch, status, code) -> None:
    mailbox.door("/_switches", {"twilio": {switch: 1}})
    answer = mailbox.text()
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert mailbox.text().status == 201


def test_an_sms_cut_after_accepting_is_kept_once_when_sent_again(mailbox) -> None:
    mailbox.door("/_switches", {"twilio": {"cut_after": 1}})
    with pytest.raises(http.OutboundUnclear):
        mailbox.text("key-3")
    assert mailbox.text("key-3").status == 201
    assert mailbox.state()["sms"]["count"] == 1


def test_bad_numbers_and_missing_credentials_are_refused(mailbox) -> None:
    assert mailbox.text(to="07700 900318").json()["code"] == 21211
    assert mailbox.text(Body="").json()["code"] == 21602
    url = f"{mailbox.url}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert http.request("POST", url, allow_private=True).json()["code"] == 20003


def test_statuses_are_called_back_with_twilios_signature(mailbox) -> None:
    sill = FarEnd()
    sid = mailbox.text(StatusCallback=sill.url).json()["sid"]
    received = sill.wait_for(3)
    sill.stop()
    fields = [dict(parse_qsl(body.decode())) for _, _, body in received]
    assert [each["MessageStatus"] for each in fields] == ["queued", "sent", "delivered"]
    assert {each["MessageSid"] for each in fields} == {sid}
    valid = RequestValidator(TOKEN).validate
    assert all(
        valid(sill.url, each, row[1]["x-twilio-signature"])
        for each, row in zip(fields, received, strict=True)
    )
    assert not RequestValidator("other").validate(sill.url, fields[0], received[0][1]["x-twilio-signature"])


def test_statuses_can_come_twice_and_out_of_order(mailbox) -> None:
    sill = FarEnd()
    mailbox.door("/_switches", {"twilio": {"disordered": 1}})
    mailbox.text(StatusCallback=sill.url)
    received = [dict(parse_qsl(body.decode()))["MessageStatus"] for _, _, body in sill.wait_for(5)]
    sill.stop()
    assert received == ["delivered", "queued", "sent", "delivered", "sent"]


def test_a_customers_reply_is_signed_and_kept(mailbox) -> None:
    sill = FarEnd()
    reply = {"from": MOBILE, "to": "+441632960001", "body": "STOP", "url": sill.url}
    assert mailbox.door("/_inbound", reply).json()["success"]
    _, headers, body = sill.wait_for(1)[0]
    sill.stop()
    fields = dict(parse_qsl(body.decode()))
    assert (fields["Body"], fields["From"]) == ("STOP", MOBILE)
    assert RequestValidator(TOKEN).validate(sill.url, fields, headers["x-twilio-signature"])
    assert "STOP" in mailbox.get("/sms/447700900318").body.decode()


def test_the_pages_show_mail_and_sms_safely(mailbox) -> None:
    mailbox.send()
    mailbox.text()
    number = mailbox.get(f"/_messages?to={TO}").json()["mail"][0]["number"]
    index, mail = mailbox.get("/").body.decode(), mailbox.get(f"/mail/{number}").body.decode()
    assert index.index(MOBILE) < index.index(TO)
    assert f'<a href="{LINK}" target="_blank"' in mail
    assert "<script>alert" not in mail
    html = mailbox.get(f"/mail/{number}/html")
    assert "sandbox allow-popups" in html.headers["content-security-policy"]
    assert "script-src" not in html.headers["content-security-policy"]
    assert mailbox.get("/mail/999999").status == 404


def test_a_website_of_another_origin_embeds_the_form_by_one_tag(mailbox) -> None:
    page = mailbox.get("/embed-demo").body.decode()
    assert page.count("<script") == 1
    assert '<script src="http://127.0.0.1:8000/q/somerset-demo/embed.js" async></script>' in page


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("£" * 160, 1),
        ("’" * 70, 1),
    ]
    + [("’" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2)],
)
def test_sms_parts_are_counted_as_the_networks_do(body, parts) -> None:
    assert segments(body) == parts


def test_a_customer_answers_a_mail_is_on_holiday_or_bounces(mailbox) -> None:
    mailbox.send(message_id="<answered@sill.example>")
    number = mailbox.get(f"/_messages?to={TO}").json()["mail"][0]["number"]
    sill = FarEnd()
    for kind in ("answer", "holiday", "bounce"):
        given = {"mail": number, "kind": kind, "body": "Yes please", "url": sill.url}
        assert mailbox.door("/_answer", given).json()["success"]
    answer, holiday, bounce = (message_from_bytes(body) for _, _, body in sill.wait_for(3))
    sill.stop()
    assert (answer["In-Reply-To"], answer["From"], answer["Auto-Submitted"]) == ("<answered@sill.example>", TO, None)
    assert answer.get_payload().startswith("Yes please")
    assert holiday["Auto-Submitted"] == "auto-replied"
    assert (bounce.get_content_type(), bounce.get_param("report-type")) == ("multipart/report", "delivery-status")
    assert "Yes please" in mailbox.get(f"/mail/{number}").body.decode()
