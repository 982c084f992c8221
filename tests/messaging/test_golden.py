"""Every default template as the customer gets it, compared with tests/golden. `SILL_GOLDEN=write` writes them anew."""

import os
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

import pytest
import time_machine

from app.core import sms_text
from app.messaging.defaults import TEMPLATES
from app.messaging.ports.email import OutgoingEmail
from app.messaging.services import render_template
from app.messaging.transports.smtp.letter import make_letter

GOLDEN = Path(__file__).parent.parent / "golden"
FIXED = {
    "link": "https://sill.example.com/c/Zm9yLXRoZS1nb2xkZW4tZmlsZXM",
    "valid_until": "Sunday 20 December",
    "lead_number": "WWC-2026-417",
    "price": "£18",
}
BY_CHANNEL = {channel: [each.key for each in TEMPLATES if each.channel == channel] for channel in ("email", "sms")}


def compare(name: str, text: str) -> None:
    """The file of that name holds exactly this text."""
    path = GOLDEN / name
    if os.environ.get("SILL_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="\n")
    assert path.read_text() == text


@pytest.mark.parametrize("key", BY_CHANNEL["email"])
def test_a_mail_of_a_default_template(lead, key):
    words = render_template(key, lead, **FIXED)
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False):
        letter = make_letter(
            OutgoingEmail(
                message_id=UUID("01990000-0000-7000-8000-000000000001"), sender_name="Wells Window Cleaning",
                reply_to="office@example.com", recipient="hannah.cole@example.com", subject=words.subject,
                text=words.body, html=words.html or "", automatic=True,
            ),
            "desk@example.com",
        )  # fmt: skip
    raw = letter.as_bytes(policy=SMTP)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322, section 2.1.1
    compare(f"emails/{key}.eml", raw.decode("ascii").replace("\r\n", "\n"))


@pytest.mark.parametrize("key", BY_CHANNEL["sms"])
def test_a_text_of_a_default_template(lead, key):
    words = render_template(key, lead, **FIXED)
    counted = sms_text.count(words.body)
    assert counted.encoding == "GSM-7"
    compare(f"sms/{key}.txt", f"{words.body}\n-- {counted.segments} part(s), {counted.units} units\n")


def test_no_golden_file_is_left_over():
    kept = {path.stem for folder in ("emails", "sms") for path in (GOLDEN / folder).iterdir()}
    assert kept == {each.key for each in TEMPLATES}
