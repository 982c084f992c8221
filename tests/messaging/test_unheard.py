"""Where nothing brings what customers answer, the inbox and the sequences say so instead of promising it."""

from typing import Any

import pytest

from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging.models import Arrival
from app.messaging.ports.inbound import Inbound
from app.messaging.ports.settings import GatewaySettings, InboxSettings, TwilioSettings
from app.messaging.services.arriving import take_in
from app.messaging.services.providers import save_provider
from app.messaging.services.unheard import unheard_channels

MAILBOX = InboxSettings(host="imap.example.com", port=993, security="tls", username="office", password="secret")


def texts(sender: str) -> TwilioSettings:
    """An account for texts that sends from this number or name."""
    return TwilioSettings(account_sid="AC" + "0" * 32, auth_token="token", sender=sender)


def notices(page: str) -> list[bool]:
    """Whether a page says that emails, and that texts, are not seen."""
    return ["Emails are not seen" in page, "Texts are not seen" in page]


def test_the_empty_inbox_says_what_is_missing(world: Any, alice: Any, bob: Any) -> None:
    page = alice.get("/w/wells/inbox").text
    assert notices(page) == [True, True] and "When a customer answers" not in page
    for part in ("inbox", "sms"):
        assert f'href="/w/wells/settings/sending#{part}"' in page
    theirs = bob.get("/w/wells/inbox").text
    assert notices(theirs) == [True, True] and "/settings/sending" not in theirs
    assert notices(alice.get("/w/wells/inbox?show=done").text) == [False, False]

    save_provider("inbox", "imap", MAILBOX, 0, SYSTEM)
    db.session.commit()
    page = alice.get("/w/wells/inbox").text
    assert notices(page) == [False, True] and "When a customer answers an email, it comes here." in page

    save_provider("sms", "twilio", texts("+447700900000"), 0, SYSTEM)
    db.session.commit()
    page = alice.get("/w/wells/inbox").text
    assert notices(page) == [False, False] and "answers an email or a text, it comes here" in page


def test_a_sequence_that_stops_at_no_answer_says_so(world: Any, alice: Any, bob: Any) -> None:
    page = alice.get("/w/wells/sequences").text
    assert "Answers by email" in page and "no sequence stops at it" in page
    assert "/settings/sending" in page.split("no sequence stops at it")[1].split("</div>")[0]
    assert "no sequence stops at it" in bob.get("/w/wells/sequences").text
    for channel in ("email", "sms"):
        take_in(Inbound(channel, channel, "stranger@example.com", "Hello", utcnow()))
    db.session.commit()
    assert "no sequence stops at it" not in alice.get("/w/wells/sequences").text


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_has_come_in_can_come_in(world: Any, channel: str) -> None:
    assert unheard_channels() == ("email", "sms")
    take_in(Inbound(channel, "first", "stranger@example.com", "Hello", utcnow()))
    assert db.session.query(Arrival).count() == 1
    assert channel not in unheard_channels()


@pytest.mark.parametrize(
    ("kind", "settings", "is_heard"),
    [
        ("twilio", texts("+447700900000"), True), ("twilio", texts("MG" + "0" * 32), True),
        ("twilio", texts("Windows"), False), ("gateway", GatewaySettings(url="https://sms.example.com"), False),
    ],
)  # fmt: skip
def test_nobody_answers_a_name(world: Any, kind: str, settings: Any, is_heard: bool) -> None:
    save_provider("sms", kind, settings, 0, SYSTEM)
    db.session.commit()
    assert ("sms" not in unheard_channels()) == is_heard
