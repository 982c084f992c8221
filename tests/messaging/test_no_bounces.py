"""Mails that look like reports of delivery and are a customer's own words, or those of their holiday notice."""

from email import message_from_bytes
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from app.extensions import db
from app.messaging import services
from app.messaging.models import Arrival, Message
from tests.messaging.inbound import HANNAH, mail, message_id_of, post_mail, sample


def arrivals() -> list[str]:
    return list(db.session.scalars(select(Arrival.state)))


def words() -> list[tuple[str, str]]:
    return [
        (message.body, message.triage)
        for message in db.session.scalars(select(Message).where(Message.direction == "in"))
    ]  # fmt: skip


def test_a_holiday_notice_with_no_way_back_is_no_bounce(client, lead, write, run_outbox, mailbox, state_of):
    sent = write()
    run_outbox()
    notice = mail(
        "I am away until Monday.", Return_Path="<>", Auto_Submitted="auto-replied", In_Reply_To=message_id_of(sent),
        References=message_id_of(sent),
    )  # fmt: skip
    post_mail(client, notice)
    assert state_of(sent) == ("sent", None)
    assert arrivals() == ["placed"]
    assert words() == [("I am away until Monday.", "automatic")]


def test_a_report_that_a_customer_passes_on_is_no_bounce_of_ours(client, lead, write, run_outbox, mailbox, state_of):
    sent = write()
    run_outbox()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"Hannah Cole <{HANNAH}>", "office@example.com", "Fw: Returned"
    letter["Message-ID"] = "<forwarded@mail.example.com>"
    letter.set_content("My mail to your colleague came back, please go ahead.")
    letter.add_attachment(message_from_bytes(sample("postfix_unknown_user.eml", sent)))
    post_mail(client, letter.as_bytes())
    assert state_of(sent) == ("sent", None)
    assert arrivals() == ["placed"]
    assert words()[0][0].startswith("My mail to your colleague came back, please go ahead.")
    assert not services.is_suppressed("email", HANNAH)


@pytest.mark.parametrize("way_back", ["Return-Path: <>\n", ""])
def test_a_read_receipt_is_no_bounce_and_no_answer(client, lead, write, run_outbox, mailbox, state_of, way_back):
    sent = write()
    run_outbox()
    receipt = (
        f"{way_back}From: Hannah Cole <{HANNAH}>\nTo: office@example.com\nSubject: Read: Your windows\n"
        f"Message-ID: <read@mail.example.com>\nIn-Reply-To: {message_id_of(sent)}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour message was read.\n"
        "--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;{HANNAH}\nOriginal-Message-ID: {message_id_of(sent)}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id_of(sent)}\n\n--b--\n"
    )
    post_mail(client, receipt.encode())
    assert state_of(sent) == ("sent", None)
    assert words() == [("Your message was read.", "automatic")]
