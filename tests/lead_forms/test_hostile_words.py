"""Hostile words typed into the public form stay words: on the desk, in the quarantine and in the acknowledgement."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.lead_forms.services.questions import LENGTHS
from tests.lead_forms.conftest import leads, submissions
from tests.quotes.test_hostile_words import HOSTILE, assert_harmless
from tests.support.client import Client

TYPED = ("name", "wishes", "access_notes", "address_line1", "town", "referrer", "landing_page")


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_from_the_form_to_the_desk(
    send: Callable[..., TestResponse], alice: Client, run_outbox: Any, mailbox: Any, words: str
) -> None:
    typed = {name: words.replace("\x00", "")[: LENGTHS.get(name, 200)] for name in TYPED}
    for wrong in ({"email": words, "phone": words}, {"postcode": words}, {"service": words, "frequency": words}):
        refused = send(**typed | wrong)
        assert refused.status_code == 422
        assert_harmless(refused.text)
    assert send(**typed | {"name": " ".join(typed["name"].split())}).status_code == 303
    # What looks like a robot's goes to the quarantine: it is looked at there, then let out.
    for held in submissions():
        page = alice.get("/w/wells/quarantine")
        assert_harmless(page.text)
        if held.state == "quarantined":
            alice.post(f"/w/wells/quarantine/{held.id}/release")
    [lead] = leads()
    for page in (f"leads/{lead.id}", f"leads/{lead.id}/more", "leads", "leads/board", "my-day"):
        answer = alice.get(f"/w/wells/{page}", hx=page.endswith("more"))
        assert answer.status_code == 200
        assert_harmless(answer.text)
    run_outbox()
    for mail in mailbox.mails():
        assert_harmless(mail["html"], is_mail=True)
        assert "Bcc" not in mail["headers"] and "everybody@example.com" not in mail["headers"]["To"]
