"""Judging what was typed: what each answer means, or what to say beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.contacts.models import CHANNELS
from app.core import email_addresses, phones, postcodes
from app.core.errors import Invalid
from app.lead_forms.services import questions
from app.lead_forms.services.questions import LENGTHS, MESSAGES, REGULAR_SERVICES, too_long
from app.lead_forms.services.typed import Typed, usable_name

_ORDER = (*LENGTHS, "extras")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the customer asks for, normalised. `marketing` holds the channels agreed to."""

    postcode: postcodes.Postcode
    property_type: str
    bedrooms: str | None
    service: str
    frequency: str | None
    extras: tuple[str, ...]
    wishes: str | None
    access_notes: str | None
    preferred_method: str
    name: str
    phone: phones.Phone | None
    phone_as_typed: str | None
    email: str | None
    address_line1: str | None
    town: str | None
    marketing: tuple[str, ...]


def check(typed: Typed) -> Answers:
    """Return the answers. Raises Invalid with a message for each field that can't be taken, in the form's order."""
    errors = {name: too_long(limit) for name, limit in LENGTHS.items() if len(typed[name]) > limit}
    postcode = postcodes.parse_outward_or_full(typed["postcode"])
    if postcode is None:
        errors.setdefault("postcode", _message("postcode", "wrong" if typed["postcode"] else "missing"))
    _check_choices(typed, errors)
    phone, email = _check_reach(typed, errors)
    if not usable_name(typed["name"]):
        errors.setdefault("name", _message("name", "missing"))
    if errors or postcode is None:
        raise Invalid({name: errors[name] for name in sorted(errors, key=_ORDER.index)})
    frequency = typed["frequency"]
    return Answers(
        postcode=postcode,
        property_type=typed["property_type"],
        bedrooms=typed["bedrooms"] if typed["property_type"] != "commercial" and typed["bedrooms"] else None,
        service=typed["service"],
        frequency=frequency if frequency and frequency != "unsure" else None,
        extras=typed.extras,
        wishes=typed["wishes"] or None,
        access_notes=typed["access_notes"] or None,
        preferred_method=typed["preferred_method"] or "any",
        name=typed["name"],
        phone=phone,
        phone_as_typed=typed["phone"] or None,
        email=email,
        address_line1=typed["address_line1"] or None,
        town=typed["town"] or None,
        marketing=tuple(channel for channel in CHANNELS if typed[f"marketing_{channel}"] == "1"),
    )


def _check_choices(typed: Typed, errors: dict[str, str]) -> None:
    """Choices must be ours; a value that the page never offered is answered like none at all."""
    needs_bedrooms = typed["property_type"] != "commercial"
    needs_frequency = typed["service"] in REGULAR_SERVICES
    for name, known, needed in (
        ("property_type", questions.PROPERTY_CHOICES, True),
        ("bedrooms", questions.BEDROOM_CHOICES, needs_bedrooms),
        ("service", questions.SERVICE_CHOICES, True),
        ("frequency", questions.FREQUENCY_CHOICES, needs_frequency),
        ("preferred_method", questions.METHOD_CHOICES, False),
    ):
        if typed[name] not in known and (needed or typed[name]):
            errors[name] = _message(name, "missing")
    if any(extra not in questions.EXTRA_CHOICES for extra in typed.extras):
        errors["extras"] = _message("extras", "missing")


def _check_reach(typed: Typed, errors: dict[str, str]) -> tuple[phones.Phone | None, str | None]:
    """At least one way to reach the customer, and the one they prefer."""
    phone, email = phones.parse(typed["phone"]), email_addresses.parse(typed["email"])
    for name, parsed in (("phone", phone), ("email", email)):
        if typed[name] and parsed is None:
            errors.setdefault(name, _message(name, "wrong"))
    if not typed["phone"] and typed["preferred_method"] in ("phone", "sms"):
        errors["phone"] = _message("phone", "asked")
    elif not typed["phone"] and not typed["email"] and typed["preferred_method"] != "email":
        errors["phone"] = _message("phone", "missing")
    if not typed["email"] and typed["preferred_method"] == "email":
        errors["email"] = _message("email", "asked")
    return phone, email


def _message(field: str, kind: str) -> str:
    messages: Mapping[str, str] = MESSAGES[field]
    return messages[kind]
