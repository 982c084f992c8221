"""Judging the words of a template: what its writer is told before it is kept."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from app.core import sms_text
from app.core.errors import Invalid
from app.messaging.models import CHANNELS
from app.messaging.services.markdown import may_lead_to, targets
from app.messaging.services.rendering import VARIABLE, VARIABLES, unknown_variables

LONGEST_NAME, LONGEST_SUBJECT, LONGEST_EMAIL = 80, 200, 20_000
#: Ten parts of a concatenated text; Twilio takes 1,600 characters (twilio.com/docs/api/errors/21617).
LONGEST_SMS = 1_530
#: Any way of saying it: an advertising text must say how it is stopped (PECR, regulation 23).
_WAY_OUT = re.compile(r"\bstop\b", re.IGNORECASE)
#: A made-up customer, for looking at words before any lead is there.
SAMPLE = {
    "first_name": "Hannah", "name": "Hannah Cole", "service": "window cleaning", "frequency": "every 8 weeks",
    "price": "£18", "address": "4 Mill Lane", "town": "Wells", "postcode": "BA5 2QJ", "lead_number": "2026-417",
    "link": "https://example.com/your-quote", "valid_until": "Sunday 20 December", "owner": "Bob Hill",
    "next_visit": "Tuesday 8 December", "workspace": "Your business", "workspace_phone": "01632 960 123",
    "workspace_email": "office@example.com",
}  # fmt: skip
_BRACES = re.compile(r"\{[^{}\n]{0,60}\}?|\}")


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template as somebody wrote it."""

    name: str = ""
    channel: str = "email"
    purpose: str = "service"
    subject: str = ""
    body: str = ""
    is_quick_reply: bool = False

    def check(self) -> None:
        """Raises Invalid naming each field that can't be taken."""
        errors = {}
        if not self.name:
            errors["name"] = "Give it a name, such as Chase, day 3."
        elif len(self.name) > LONGEST_NAME:
            errors["name"] = f"Keep the name under {LONGEST_NAME} characters."
        errors |= check_words(self.channel, self.subject, self.body)
        if self.channel not in CHANNELS:
            errors["channel"] = "Choose email or text."
        if self.purpose not in ("service", "marketing"):
            errors["purpose"] = "Choose what it is for."
        elif self.purpose == "marketing" and self.channel == "sms" and not _WAY_OUT.search(self.body):
            errors.setdefault("body", "An advertising text must say how to end it. Add: Reply STOP to opt out.")
        if errors:
            raise Invalid(errors)


def check_words(channel: str, subject: str, body: str) -> dict[str, str]:
    """What is wrong with the words of a template, by field; empty when nothing is."""
    errors: dict[str, str] = {}
    if channel == "email":
        found = _subject_fault(subject) or _variable_fault(subject)
        if found:
            errors["subject"] = found
    found = _body_fault(channel, body) or _variable_fault(body) or (_link_fault(body) if channel == "email" else None)
    if found:
        errors["body"] = found
    return errors


def _subject_fault(subject: str) -> str | None:
    if not subject.strip():
        return "Enter a subject."
    return f"Keep the subject under {LONGEST_SUBJECT} characters." if len(subject) > LONGEST_SUBJECT else None


def _body_fault(channel: str, body: str) -> str | None:
    if not body.strip():
        return "Write something first."
    if channel == "email":
        return f"Keep it under {LONGEST_EMAIL:,} characters." if len(body) > LONGEST_EMAIL else None
    if sms_text.count(sms_text.gsm_safe(body)).segments > 10 or len(body) > LONGEST_SMS:
        return f"Keep a text under {LONGEST_SMS:,} characters."
    return None


def _variable_fault(text: str) -> str | None:
    """A variable that does not exist, or a brace that belongs to none: nobody should find one in their mail."""
    unknown = unknown_variables(text)
    if unknown:
        near = get_close_matches(unknown[0], VARIABLES, n=1)
        return f"There is no {{{unknown[0]}}}." + (f" Did you mean {{{near[0]}}}?" if near else "")
    left = _BRACES.search(VARIABLE.sub("", text))
    if left:
        return f"\u201c{left[0]}\u201d is no variable. Write it without braces, or insert one from the list."
    return None


def _link_fault(body: str) -> str | None:
    for target in targets(body):
        if not may_lead_to(VARIABLE.sub(lambda found: SAMPLE.get(found[1], ""), target)):
            return f"The link to \u201c{target[:60]}\u201d leads nowhere. Begin it with https://, mailto: or tel:."
    return None
