"""Mail as independent receivers see it: a real server takes it, signs it as the firm's own would, and hands it on."""

import email
import smtplib
from collections.abc import Iterator
from email import policy
from types import SimpleNamespace
from uuid import uuid4

import dkim
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.core.ids import new_id
from app.embedded.ports import free_port
from app.extensions import db
from app.messaging.models import Message
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.settings import InboxSettings, SmtpSettings
from app.messaging.services.answer_addresses import answer_address, read_answer_address
from app.messaging.services.outgoing import outgoing_email
from app.messaging.services.providers import save_provider
from app.messaging.transports.smtp import SmtpTransport

#: What a signature must cover so that the button of the mail program may be trusted (RFC 8058, section 4).
SIGNED = [
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
]


class Receiver:
    """Keeps what arrives, as it stood on the wire."""

    def __init__(self) -> None:
        self.came: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):
        self.came.append(envelope.original_content)
        self.envelope = (envelope.mail_from, envelope.rcpt_tos)
        return "250 OK"


class SigningServer(Receiver):
    """The firm's mail server: signs for the domain in From and hands the mail on."""

    def __init__(self, key: bytes, how: tuple[bytes, bytes], onward: Controller) -> None:
        super().__init__()
        self.key, self.how, self.onward = key, how, onward

    async def handle_DATA(self, server, session, envelope):
        content = envelope.original_content
        domain = email.message_from_bytes(content, policy=policy.default)["From"].addresses[0].domain
        present = [name for name in SIGNED if name in content.lower()]
        mark = dkim.sign(content, b"sill", domain.encode(), self.key, canonicalize=self.how, include_headers=present)
        with smtplib.SMTP(self.onward.hostname, self.onward.port) as smtp:
            smtp.sendmail(envelope.mail_from, envelope.rcpt_tos, mark + content)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture(scope="module")
def key() -> SimpleNamespace:
    made = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    shown = made.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(shown.splitlines()[1:-1])
    return SimpleNamespace(pem=pem, record=record)


@pytest.fixture
def serve() -> Iterator:
    running = []

    def start(handler) -> Controller:
        controller = Controller(handler, hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop()


def transport_to(controller: Controller) -> SmtpTransport:
    settings = SmtpSettings(host="127.0.0.1", port=controller.port, security="none", sender="office@wells.example.com")
    return SmtpTransport(settings, allow_private=True)


def mail(**more) -> OutgoingEmail:
    words = "Hello Zoë,\n\nwe come on Tuesday – £24.\n.\n" + "long " * 300 + "\n trailing \n"
    given = {
        "message_id": uuid4(), "sender_name": "Wells “Window” Cleaning, Ltd", "reply_to": "office@wells.example.com",
        "recipient": "hannah.cole@example.com", "subject": "Your windows – " + "very " * 40 + "soon",
        "text": words, "html": f"<p>{words}</p>", "automatic": True,
        "unsubscribe_url": "https://sill.example.com/u/" + "x" * 60,
    }  # fmt: skip
    return OutgoingEmail(**(given | more))


@pytest.mark.parametrize("how", [(b"simple", b"simple"), (b"relaxed", b"relaxed")])
def test_a_signature_made_on_the_way_still_holds_where_it_arrives(serve, key, how):
    receiver = Receiver()
    firm = serve(SigningServer(key.pem, how, serve(receiver)))
    sent = mail()
    transport_to(firm).send(sent)
    [arrived] = receiver.came
    assert dkim.verify(arrived, dnsfunc=lambda name, timeout=5: key.record)
    assert not dkim.verify(arrived.replace(b"Tuesday", b"Someday"), dnsfunc=lambda name, timeout=5: key.record)
    read = email.message_from_bytes(arrived, policy=policy.default)
    assert b"list-unsubscribe-post" in bytes(read["DKIM-Signature"], "ascii").lower().replace(b" ", b"")
    # One domain for all that is compared with the signature and with SPF (RFC 7489, section 3.1).
    assert receiver.envelope == ("office@wells.example.com", ["hannah.cole@example.com"])
    assert read["From"].addresses[0].addr_spec == "office@wells.example.com"
    assert read["Message-ID"] == f"<{sent.message_id}@wells.example.com>"
    assert read["Subject"] == sent.subject
    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == sent.text.strip()


def test_the_wire_carries_what_every_server_can_take(serve):
    receiver = Receiver()
    transport_to(serve(receiver)).send(mail(answers=("<a@example.com>", "<b@example.com>")))
    [raw] = receiver.came
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0  # no bare LF or CR
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not any(line.endswith((b" ", b"\t")) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))
    head = email.message_from_bytes(raw, policy=policy.default)
    for name in (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Reply-To",
        "In-Reply-To",
        "References",
    ):
        assert len(head.get_all(name)) == 1, name  # more than one, and receivers refuse the mail
    assert head["In-Reply-To"] == "<b@example.com>"
    assert head["References"].split() == ["<a@example.com>", "<b@example.com>"]
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["Auto-Submitted"] == "auto-generated"


def received(lead, mail_id: str, **more) -> Message:
    """A mail of the customer's."""
    message = Message(
        lead_id=lead.id, contact_id=lead.contact_id, channel="email", direction="in", state="received",
        recipient="office@wells.example.com", subject="Re", body="Yes please", mail_id=mail_id, **more,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    return message


def test_an_answer_goes_on_in_its_thread(write, run_outbox, mailbox, lead):
    ours = write()
    run_outbox()
    theirs = received(lead, "<CAF=abc+1@mail.example.com>", answers_id=ours.id)
    write(subject="Re: Your windows", answers_id=theirs.id)
    run_outbox()
    headers = mailbox.mails("hannah.cole@example.com")[0]["headers"]
    assert headers["In-Reply-To"] == "<CAF=abc+1@mail.example.com>"
    assert headers["References"].split() == [f"<{ours.id}@example.com>", "<CAF=abc+1@mail.example.com>"]


@pytest.mark.parametrize("mail_id", ["<a@b>\r\nBcc: mallory@example.com", "no brackets", "<>", "<" + "a" * 300 + "@b>"])
def test_what_a_stranger_calls_his_mail_breaks_no_header(write, lead, mail_id):
    theirs = received(lead, mail_id)
    assert outgoing_email(write(answers_id=theirs.id)).answers == ()


def test_answers_are_asked_for_where_they_name_the_mail(world, write, lead):
    def keep(seen, **more):
        inbox = InboxSettings(host="imap.example.com", port=993, security="tls", username="o", password="p", **more)
        save_provider("inbox", "imap", inbox, seen, world.alice.actor)
        db.session.commit()

    message = write()
    usual = outgoing_email(message).reply_to
    keep(0, address="office@wells.example.com")
    assert outgoing_email(message).reply_to == "office@wells.example.com" != usual
    keep(1, address="office@wells.example.com", takes_plus=True)
    asked = outgoing_email(message).reply_to
    assert asked.startswith("office+") and asked.endswith("@wells.example.com")
    assert read_answer_address(asked.upper()) == message.id  # mail programs change the case
    with world.mallory.acting():
        assert read_answer_address(asked) is None


def test_no_other_address_names_a_mail(world):
    known = answer_address(new_id(), "office@wells.example.com")
    name, at, domain = known.partition("@")
    swapped = "b" if name[-1] == "a" else "a"
    for wrong in (name[:-1] + swapped + at + domain, "office@wells.example.com", "office+abc@x.example", "", "@", "+"):
        assert read_answer_address(wrong) is None
    assert answer_address(new_id(), "o" * 40 + "@x.example") == "o" * 40 + "@x.example"  # too long otherwise
