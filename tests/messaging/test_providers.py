"""Whose provider a message leaves through, and the page on which that is said."""

import json
import socket

import pytest
from sqlalchemy import select, text

from app.core.errors import Invalid
from app.core.tenancy import acting_in
from app.extensions import db
from app.messaging import transports
from app.messaging.forms.providers import read_provider
from app.messaging.models import MessageProvider
from app.messaging.services.providers import provider_for
from app.messaging.transports.gateway import GatewayTransport
from app.messaging.transports.smtp import SmtpTransport
from app.messaging.transports.sockets import Deadline, connect
from app.notifications.models import Notification
from tests.support.raw_server import RawServer, answer

PAGE = "/w/wells/settings/sending"
TO = "hannah.cole@example.com"


@pytest.fixture
def smtp_fields(config, ports):
    """What an owner types for a mail server: the mailbox's, under another address."""
    return {
        "email_host": "127.0.0.1", "email_port": str(ports["smtp"]), "email_security": "none", "email_username": "",
        "email_password": "", "email_sender": "office@wells.example.com", "seen": "0",
    }  # fmt: skip


def gateway_fields(port, **more):
    return {
        "sms_kind": "gateway", "sms_url": f"http://127.0.0.1:{port}/send?ref={{id}}", "sms_method": "POST",
        "sms_format": "json", "sms_headers": "X-Key: secret-of-the-gateway",
        "sms_body": '{"to": "{digits}", "text": "{text}"}', "sms_success": "sent", "seen": "0",
    } | more  # fmt: skip


def test_mail_leaves_through_the_workspaces_own_server(alice, world, write, run_outbox, mailbox, smtp_fields, config):
    assert alice.post(f"{PAGE}/email", data=smtp_fields).status_code == 303
    message = write()
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert mail["headers"]["From"] == "Wells Window Cleaning <office@wells.example.com>"
    assert mail["message_id"] == f"<{message.id}@wells.example.com>"
    own = transports.email_transport()
    assert isinstance(own, SmtpTransport)
    with acting_in(world.other_workspace_id):
        assert transports.email_transport() is not own  # nobody else's mail leaves there
    assert transports.email_transport() is own  # made once

    alice.post(f"{PAGE}/email/remove")
    write()
    run_outbox()
    assert mailbox.mails(TO)[0]["headers"]["From"].endswith("<desk@example.com>")


def test_the_settings_are_sealed_and_never_shown(alice, write, smtp_fields):
    fields = smtp_fields | {"email_username": "wells", "email_password": "geheim-4711"}
    alice.post(f"{PAGE}/email", data=fields)
    stored = db.session.execute(text("select settings_sealed from message_providers")).scalar_one()
    assert b"geheim" not in bytes(stored) and b"127.0.0.1" not in bytes(stored)
    page = alice.get(PAGE).text
    assert "geheim" not in page and "One is kept" in page and 'value="wells"' in page
    assert "geheim" not in repr(provider_for("email"))
    # Left empty it is kept; told to another server never.
    assert alice.post(f"{PAGE}/email", data=fields | {"email_password": "", "seen": "1"}).status_code == 303
    assert provider_for("email").password == "geheim-4711"
    moved = alice.post(f"{PAGE}/email", data=fields | {"email_password": "", "email_port": "2526", "seen": "2"})
    assert moved.status_code == 422 and "Enter this again" in moved.text and "2526" in moved.text
    late = alice.post(f"{PAGE}/email", data=fields | {"seen": "1"})
    assert late.status_code == 409 and "Someone else changed this" in late.text


WRONG = [
    ("email", {"email_host": "https://mail.example.com"}, "Enter the name alone"),
    ("email", {"email_port": "99999"}, "Enter one of the usual ports"),
    ("email", {"email_sender": "office"}, "Enter the address that your mail comes from"),
    ("email", {"email_security": "rot13"}, "Choose how the connection is secured"),
    ("sms", {"sms_body": "{to} {text}"}, "This is no JSON"),
    ("sms", {"sms_body": '{"text": "{text}"}', "sms_url": "https://sms.example.com/"}, "where the number"),
    ("sms", {"sms_url": "https://{text}.example.com/"}, "Enter an address like"),
    ("sms", {"sms_headers": "Host: bank.example.com"}, "Leave out host"),
    ("sms", {"sms_headers": "Broken"}, "Write one header a line"),
    ("sms", {"sms_kind": "twilio", "sms_account_sid": "AC1"}, "An account SID is AC"),
    ("sms", {"sms_kind": "pigeon"}, "Choose one."),
    ("inbox", {"inbox_takes_plus": "1", "inbox_host": "imap.example.com"}, "own address"),
]


def test_what_cannot_be_right_is_told_beside_its_field(alice, smtp_fields):
    usual = {"email": smtp_fields, "sms": gateway_fields(1), "inbox": {"seen": "0"}}
    for channel, wrong, words in WRONG:
        told = alice.post(f"{PAGE}/{channel}", data=usual[channel] | wrong)
        assert told.status_code == 422 and words in told.text.replace("&#39;", "'"), (wrong, words)
    assert db.session.scalars(select(MessageProvider)).all() == []


def test_an_installation_for_all_admits_no_server_of_its_own_network(app):
    fields = {"email_host": "127.0.0.1", "email_port": "8025", "email_security": "none", "email_sender": "a@b.test"}
    with pytest.raises(Invalid) as told:
        read_provider("email", fields, private=False)
    assert set(told.value.errors) == {"email_port", "email_security"}


def test_a_server_of_our_own_network_is_not_even_called(config, ports):
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConnectionError, match="not on the public internet"):
            connect("localhost", port, Deadline(5), tls=False, allow_private=False)
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_the_button_sends_one_mail_to_whoever_asks(alice, mailbox, smtp_fields):
    alice.post(f"{PAGE}/email", data=smtp_fields)
    assert "Not tried yet" in alice.get(PAGE).text
    assert alice.post(f"{PAGE}/email/try").status_code == 303
    [mail] = mailbox.mails()
    assert (mail["to"] if "to" in mail else mail["recipient"]).count("alice") and mail["subject"] == "Sill can send"
    assert "Works" in alice.get(PAGE).text
    mailbox.switch(smtp={"refuse_550": True})
    alice.post(f"{PAGE}/email/try")
    page = alice.get(PAGE).text
    assert "Does not work" in page and "there is no such mailbox" in page


def test_the_button_for_texts_and_for_the_mailbox(alice, mailbox, free_port_number):
    assert "Enter your own mobile" in alice.post(f"{PAGE}/sms/try", data={"sms_to": "01632 960123"}).text
    alice.post(f"{PAGE}/sms/try", data={"sms_to": "07700 900555"})
    [sms] = mailbox.texts("+447700900555")
    assert "test from Sill" in sms["body"]
    fields = {
        "inbox_host": "127.0.0.1", "inbox_port": str(free_port_number), "inbox_security": "none",
        "inbox_username": "office", "inbox_password": "geheim", "inbox_folder": "INBOX", "seen": "0",
    }  # fmt: skip
    assert alice.post(f"{PAGE}/inbox", data=fields).status_code == 303
    alice.post(f"{PAGE}/inbox/try")
    assert "could not be reached" in alice.get(PAGE).text


@pytest.fixture
def free_port_number():
    from app.embedded.ports import free_port

    return free_port()


def test_a_gateway_gets_the_text_as_it_wants_it(alice, write, run_outbox, state_of):
    server = RawServer(answer(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"state":"sent"}'))
    assert alice.post(f"{PAGE}/sms", data=gateway_fields(server.port)).status_code == 303
    words = 'Say "yes" \\ or\n"no", {to} & £5'
    message = write("sms", body=words)
    run_outbox()
    assert state_of(message) == ("sent", None)
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(f"POST /send?ref={message.id} ".encode()) and b"\r\nx-key: secret-of-the-gateway\r\n" in head
    assert json.loads(body) == {"to": "447700900318", "text": words}
    page = alice.get(PAGE).text
    assert "secret-of-the-gateway" not in page and "Kept: x-key" in page


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        ("200 OK", "queued", ("failed", "gateway_answer")),
        ("400 Bad", "", ("failed", "gateway_400")),
        ("401 Who", "", ("queued", None)),
        ("429 Slow", "", ("queued", None)),
        ("503 Gone", "", ("uncertain", "gateway_503")),
    ],
)
def test_what_a_gateway_may_answer(alice, write, run_outbox, state_of, status, body, outcome):
    reply = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    server = RawServer(answer(reply.encode()))
    alice.post(f"{PAGE}/sms", data=gateway_fields(server.port))
    message = write("sms")
    run_outbox()
    assert state_of(message) == outcome and len(server.requests) == 1


def test_the_managers_are_told_once_when_a_provider_lets_us_in_no_more(alice, write, run_outbox, make_due):
    server = RawServer(answer(b"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n"))
    alice.post(f"{PAGE}/sms", data=gateway_fields(server.port))
    write("sms")
    run_outbox()
    make_due("message.send")
    run_outbox()
    told = db.session.scalars(select(Notification).where(Notification.kind == "provider_failed")).all()
    assert [each.user_id for each in told] == [alice.user_id] and len(server.requests) == 2
    page = alice.get("/w/wells/notifications").text
    assert "Your texts don" in page and "does not accept our key" in page
    followed = alice.get(f"/w/wells/notifications/{told[0].id}")
    assert "/settings/sending" in followed.headers.get("Location", "")
    assert "Does not work" in alice.get(PAGE).text


def test_a_gateway_on_the_internet_gets_no_drama_number(alice, write, run_outbox, state_of):
    alice.post(f"{PAGE}/sms", data=gateway_fields(1, sms_url="https://sms.example.com/send"))
    assert isinstance(transports.sms_transport(), GatewayTransport)
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("refused", "drama_number")


def test_choosing_a_transport_costs_nothing_while_nothing_changes(alice, smtp_fields, count_sql):
    from app.workspaces.queries import current_workspace

    alice.post(f"{PAGE}/email", data=smtp_fields)
    transports.email_transport()
    current_workspace().name  # noqa: B018 - the row is read anyway where mail is sent
    with count_sql() as statements:
        transports.email_transport()
        provider_for("inbox")
    assert statements == []


def test_only_who_may_change_settings_sees_them(bob, dave, mallory, alice, smtp_fields):
    alice.post(f"{PAGE}/email", data=smtp_fields)
    assert bob.get(PAGE).status_code == 403 and dave.get(PAGE).status_code == 403
    assert "office@wells.example.com" not in mallory.get("/w/rival/settings/sending").text
