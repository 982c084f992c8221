"""Reading the settings forms: typed text in, checked values out. Every fault is told beside its field."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any
from uuid import UUID

from app.core import email_addresses, phones
from app.core.districts import read_districts
from app.core.errors import Invalid
from app.core.money import parse_money
from app.core.numbers import whole_number
from app.workspaces.models import ASSIGNMENT_MODES, Membership
from app.workspaces.services import Taking

Typed = Mapping[str, str]
_ACCENT = re.compile(r"#[0-9a-f]{6}")
#: A number of HMRC has nine digits, twelve for a branch; others begin with their country.
_VAT_NUMBER = re.compile(r"([A-Z]{2}[0-9A-Z]{5,13}|\d{9}|\d{12})?")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
#: Up to 999 pence and their hundredths.
_PENCE = re.compile(r"\d{1,3}(?:\.\d{1,2})?", re.ASCII)
_MOST_DISTRICTS = 400


class Reader:
    """Takes fields out of a sent form and gathers what is wrong with them."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.errors: dict[str, str] = {}

    def words(self, name: str, *, most: int, required: str = "", lines: bool = False) -> str:
        """A text without control characters; `lines` keeps line breaks. `required` is what to say when it is empty."""
        value = self.typed.get(name, "").replace("\r\n", "\n").strip()
        if not lines:
            value = " ".join(value.split())
        # What comes with words from elsewhere, such as a blank that does not break, parts them like any other.
        value = "".join(" " if mark.isspace() and mark != "\n" else mark for mark in value)
        value = "".join(mark for mark in value if mark.isprintable() or (lines and mark == "\n"))
        if required and not value:
            self.errors[name] = required
        if len(value) > most:
            self.errors[name] = f"Use at most {most} characters."
        return value

    def pattern(self, name: str, shape: re.Pattern[str], wrong: str, change: Callable[[str], str] = str) -> str:
        """A text of a fixed shape."""
        value = change(self.typed.get(name, "").strip())
        if not shape.fullmatch(value):
            self.errors[name] = wrong
        return value

    def choice(self, name: str, choices: tuple[str, ...], wrong: str) -> str:
        """One of several."""
        value = self.typed.get(name, "")
        if value not in choices:
            self.errors[name] = wrong
        return value

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number between two limits."""
        text = self.typed.get(name, "").strip()
        number = whole_number(text, most)
        if number is None or number < least:
            self.errors[name] = f"Enter a whole number from {least} to {most}."
            return least
        return number

    def clock(self, name: str) -> time:
        """A time of day."""
        found = _CLOCK.fullmatch(self.typed.get(name, "").strip()[:5])
        if found is None:
            self.errors[name] = "Enter a time, like 09:00."
            return time(9)
        return time(int(found[1]), int(found[2]))

    def email(self, name: str) -> str:
        """An address, or nothing."""
        text = self.typed.get(name, "").strip()
        found = email_addresses.parse(text) if text else ""
        if found is None:
            self.errors[name] = "Enter an email address, like name@example.com."
        return found or ""

    def done(self) -> None:
        """Raise Invalid if anything was wrong."""
        if self.errors:
            raise Invalid(self.errors)


def read_section(section: str, typed: Typed) -> dict[str, Any]:
    """The checked values of one section of the settings. Raises Invalid, KeyError for an unknown section."""
    reader = Reader(typed)
    values = _SECTIONS[section](reader)
    reader.done()
    return values


def read_sharing(typed: Typed, members: Sequence[Membership]) -> tuple[str, dict[UUID, Taking]]:
    """The rule by which leads are shared out, and what each of the members takes. Raises Invalid."""
    reader = Reader(typed)
    mode = reader.choice("assignment_mode", ASSIGNMENT_MODES, "Choose how new leads are shared out.")
    takings = {}
    for member in members:
        name = f"districts_{member.id}"
        found, wrong = read_districts(typed.get(name, "")[:5_000])
        if wrong:
            reader.errors[name] = f"Not postcode districts: {', '.join(wrong[:5])}. Write them like BA5."
        elif len(found) > _MOST_DISTRICTS:
            reader.errors[name] = f"List at most {_MOST_DISTRICTS} districts."
        takings[member.id] = Taking(f"takes_{member.id}" in typed, found)
    reader.done()
    return mode, takings


def _business(reader: Reader) -> dict[str, Any]:
    phone_text = reader.words("phone", most=40)
    if phone_text and phones.parse(phone_text) is None:
        reader.errors["phone"] = "Enter a phone number, like 01749 960123."
    return {
        "name": reader.words("name", most=80, required="Enter the name of the business."),
        "tagline": reader.words("tagline", most=120),
        "phone": phone_text,
        "reply_email": reader.email("reply_email"),
        "notification_email": reader.email("notification_email"),
        "accent": reader.pattern("accent", _ACCENT, "Choose a colour, like #00686f.", str.lower),
    }


def _numbers(reader: Reader) -> dict[str, Any]:
    wrong = "Use one to eight capital letters and digits, a letter first."
    return {
        "lead_number_prefix": reader.pattern("lead_number_prefix", _PREFIX, wrong, str.upper),
        "lead_number_year": reader.choice("lead_number_year", ("YYYY", "YY"), "Choose how the year is written."),
    }


def _hours(reader: Reader) -> dict[str, Any]:
    """The seven days of the week; the hours that most of the open ones have are the usual ones."""
    week: list[tuple[time, time] | None] = []
    for day in range(7):
        hours = reader.clock(f"opens_{day}"), reader.clock(f"closes_{day}")
        is_open = bool(reader.typed.get(f"open_{day}"))
        if is_open and hours[0] >= hours[1]:
            reader.errors.setdefault(f"closes_{day}", "Close later than you open.")
        week.append(hours if is_open else None)
    worked = [hours for hours in week if hours]
    if not worked:
        reader.errors["open_0"] = "Be open on one day at least."
        return {}
    opens, closes = max(worked, key=worked.count)
    weekend = week[5] is not None or week[6] is not None
    usual = [(opens, closes) if day < 5 or weekend else None for day in range(7)]
    return {
        "opens": opens, "closes": closes, "weekend_follow_ups": weekend,
        "weekday_hours": {
            str(day): [f"{each:%H:%M}" for each in hours] if hours else None
            for day, hours in enumerate(week)
            if hours != usual[day]
        },
    }  # fmt: skip


def _texts(reader: Reader) -> dict[str, Any]:
    opens, closes = reader.clock("sms_opens"), reader.clock("sms_closes")
    if opens >= closes:
        reader.errors.setdefault("sms_closes", "End later than you begin.")
    found = _PENCE.fullmatch(reader.typed.get("sms_part_price", "").strip())
    if found is None:
        reader.errors["sms_part_price"] = "Enter pence, like 4 or 3.75."
    return {
        "sms_opens": opens, "sms_closes": closes, "sms_part_price": round(float(found[0]) * 100) if found else 0,
        "texts_back_missed_calls": bool(reader.typed.get("texts_back_missed_calls")),
    }  # fmt: skip


def _chase(reader: Reader) -> dict[str, Any]:
    return {
        "message_gap_hours": reader.number("message_gap_hours", 0, 720),
        "max_follow_ups": reader.number("max_follow_ups", 0, 20),
    }


def _alerts(reader: Reader) -> dict[str, Any]:
    high_value = parse_money(reader.typed.get("high_value", ""))
    if high_value is None:
        reader.errors["high_value"] = "Enter an amount in pounds, like 100."
    return {
        "high_value_minor": high_value,
        "untouched_days": reader.number("untouched_days", 0, 365),
        "escalate_days": reader.number("escalate_days", 0, 365),
        "digest_at": reader.clock("digest_at"),
    }


def _tracking(reader: Reader) -> dict[str, Any]:
    return {"tracks_opens": bool(reader.typed.get("tracks_opens"))}


def _area(reader: Reader) -> dict[str, Any]:
    found, wrong = read_districts(reader.typed.get("service_districts", "")[:20_000])
    if wrong:
        reader.errors["service_districts"] = f"Not postcode districts: {', '.join(wrong[:5])}. Write them like BA5."
    elif len(found) > _MOST_DISTRICTS:
        reader.errors["service_districts"] = f"List at most {_MOST_DISTRICTS} districts."
    return {"service_districts": found}


def _quotes(reader: Reader) -> dict[str, Any]:
    return {
        "quote_valid_days": reader.number("quote_valid_days", 1, 365),
        "quote_reminder_days": reader.number("quote_reminder_days", 0, 60),
        "vat_number": reader.pattern("vat_number", _VAT_NUMBER, "Enter it like GB 123 4567 89, or nothing.", _vat),
        "quote_terms": reader.words("quote_terms", most=4000, lines=True),
    }


def _vat(text: str) -> str:
    return re.sub(r"[\s.-]", "", text).upper()


def _lost(reader: Reader) -> dict[str, Any]:
    return {
        "price_review_month": reader.number("price_review_month", 1, 12),
        "bin_days": reader.number("bin_days", 1, 365),
    }


_SECTIONS: dict[str, Callable[[Reader], dict[str, Any]]] = {
    "business": _business, "numbers": _numbers, "hours": _hours, "texts": _texts, "chase": _chase,
    "alerts": _alerts, "tracking": _tracking, "area": _area, "quotes": _quotes,
    "lost": _lost,
}  # fmt: skip
