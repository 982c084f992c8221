"""What people type to write a message."""

from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import MultiDict

from app.core import email_addresses, phones
from app.core.errors import Invalid

LONGEST_SUBJECT = 200
LONGEST_EMAIL = 20_000
#: Ten parts of a concatenated text; Twilio takes 1,600 characters (twilio.com/docs/api/errors/21617).
LONGEST_SMS = 1_530


@dataclass(frozen=True, slots=True)
class Typed:
    """A message as typed, kept for the form to show again."""

    channel: str = "email"
    recipient: str = ""
    subject: str = ""
    body: str = ""

    @classmethod
    def read(cls, form: MultiDict) -> Self:
        """Take the fields out of a posted form."""
        channel = "sms" if form.get("channel") == "sms" else "email"
        names = ("recipient", "subject", "body")
        return cls(channel, **{name: form.get(name, "").replace("\r\n", "\n").strip() for name in names})

    def check(self) -> None:
        """Raises Invalid naming each field that can't be taken."""
        errors = self._email_errors() if self.channel == "email" else self._sms_errors()
        if not self.body:
            errors["body"] = "Write something first."
        if errors:
            raise Invalid(errors)

    def _email_errors(self) -> dict[str, str]:
        errors = {}
        if email_addresses.parse(self.recipient) is None:
            errors["recipient"] = "Enter an email address, like name@example.com."
        if not self.subject:
            errors["subject"] = "Enter a subject."
        elif len(self.subject) > LONGEST_SUBJECT:
            errors["subject"] = f"Keep the subject under {LONGEST_SUBJECT} characters."
        if len(self.body) > LONGEST_EMAIL:
            errors["body"] = f"Keep it under {LONGEST_EMAIL:,} characters."
        return errors

    def _sms_errors(self) -> dict[str, str]:
        errors = {}
        phone = phones.parse(self.recipient)
        if phone is None:
            errors["recipient"] = "Enter a mobile number, like 07700 900123."
        elif phone.kind != "mobile":
            errors["recipient"] = "This is no mobile number, so it can't get texts. Call, or send an email."
        if len(self.body) > LONGEST_SMS:
            errors["body"] = f"Keep a text under {LONGEST_SMS:,} characters."
        return errors
