"""Mails that come back, as Postfix, Exchange, Gmail and qmail say it (RFC 3464): only the right address, for good."""

import pytest
from sqlalchemy import select

from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging import services
from app.messaging.models import Arrival, Message
from app.messaging.services.bounces import speaks_against_address
from app.notifications.models import Notification
from tests.messaging.inbound import post_mail, sample

OTHER = "hannah.old@example.com"


@pytest.fixture
def sent(write, run_outbox, mailbox):
    """A mail that its server has taken, to an address that is not the contact's present one."""
    message = write(recipient=OTHER)
    run_outbox()
    db.session.refresh(message)
    assert message.state == "sent"
    return message


def why() -> str | None:
    return db.session.scalars(select(Arrival.why).order_by(Arrival.received_at.desc(), Arrival.id.desc())).first()


@pytest.mark.parametrize(
    "name",
    ["postfix_unknown_user.eml", "exchange_unknown_user.eml", "gmail_no_such_user.eml", "qmail_prose.eml",
     "exim_unknown_user.eml"],
)  # fmt: skip
def test_a_final_bounce_suppresses_the_address_that_was_written_to(client, world, sent, state_of, name):
    report = sample(name, sent)
    for _ in range(2):
        assert post_mail(client, report).status_code == 204

    assert state_of(sent) == ("failed", "bounced")
    assert services.is_suppressed("email", OTHER)
    assert not services.is_suppressed("email", "hannah.cole@example.com")
    kinds = db.session.scalars(select(Notification.kind).where(Notification.kind == "bounced")).all()
    assert kinds == ["bounced"]
    assert db.session.scalars(select(Message.id).where(Message.direction == "in")).all() == []


@pytest.mark.parametrize(
    ("name", "state", "error", "code"),
    [
        ("postfix_delayed.eml", "sent", None, "delayed"),
        ("gmail_mailbox_full.eml", "failed", "bounced_full", "failed"),
        ("gave_up_after_days.eml", "failed", "bounced_late", "failed"),
        ("exim_spam.eml", "failed", "bounced_refused", "failed"),
    ],
)
def test_what_is_no_fault_of_the_address_suppresses_nothing(client, sent, state_of, name, state, error, code):
    post_mail(client, sample(name, sent))
    assert state_of(sent) == (state, error)
    assert why() == code
    assert not services.is_suppressed("email", OTHER)


def test_a_report_that_names_no_message_of_ours_suppresses_nothing(client, sent, state_of):
    forged = sample("postfix_unknown_user.eml", sent).replace(str(sent.id).encode(), b"0" * 36)
    post_mail(client, forged.replace(OTHER.encode(), b"somebody@example.com"))
    assert why() == "unplaced"
    post_mail(client, forged.replace(OTHER.encode(), b"hannah.cole@example.com").replace(b"4A1B2C3D4E", b"other"))
    assert why() == "failed"
    assert not services.is_suppressed("email", "hannah.cole@example.com")


def test_a_bounced_invitation_fails_too(client, world, run_outbox, mailbox, state_of):
    message = services.compose(None, "email", recipient=OTHER, subject="Join us", body="Hello", actor=SYSTEM)
    db.session.commit()
    run_outbox()
    post_mail(client, sample("exchange_unknown_user.eml", message))
    assert state_of(message) == ("failed", "bounced")


def test_a_complaint_is_as_good_as_an_opt_out(client, sent, state_of):
    post_mail(client, sample("complaint.eml", sent))
    assert why() == "complaint"
    assert services.is_suppressed("email", OTHER)
    assert state_of(sent)[0] == "sent"


@pytest.mark.parametrize(
    ("status", "against"),
    [("5.1.1", True), ("5.1.10", True), ("5.0.0", True), ("5.4.4", True), ("5.2.1", True), ("5.2.2", False),
     ("5.1.8", False), ("5.7.1", False), ("5.3.4", False), ("4.1.1", False), ("2.0.0", False), ("", False)],
)  # fmt: skip
def test_which_codes_speak_against_an_address(status, against):
    assert speaks_against_address(status) is against
