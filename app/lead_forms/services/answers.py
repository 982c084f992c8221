"""Judging what was typed: what each answer means, or what to say beside its field."""

from dataclasses import dataclass

from app.contacts.models import CHANNELS
from app.core import email_addresses, phones, postcodes
from app.core.errors import Invalid
from app.lead_forms.services.asking import is_demanded, lengths, lists, message, offered
from app.lead_forms.services.content import STANDARD, Content, Question
from app.lead_forms.services.questions import REGULAR_SERVICES, too_long
from app.lead_forms.services.typed import Typed, usable_name

_OWN_ANSWERS = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the customer asks for, normalised. `marketing` holds the channels agreed to, `own` each of the workspace's
    own questions that was answered, as (question, answer) in words.
    """

    postcode: postcodes.Postcode
    property_type: str | None
    bedrooms: str | None
    service: str
    frequency: str | None
    extras: tuple[str, ...]
    wishes: str | None
    access_facts: tuple[str, ...]
    access_notes: str | None
    preferred_method: str
    preferred_time: str | None
    name: str
    phone: phones.Phone | None
    phone_as_typed: str | None
    email: str | None
    address_line1: str | None
    town: str | None
    marketing: tuple[str, ...]
    own: tuple[tuple[str, str], ...]


def check(typed: Typed, content: Content = STANDARD, *, has_photos: bool = False) -> Answers:
    """Return the answers. Raises Invalid with a message for each field that can't be taken, in the form's order."""
    limits = lengths(content)
    errors: dict[str, str] = {}
    postcode = postcodes.parse_outward_or_full(typed["postcode"])
    for question in content.questions.values():
        fault = _fault(question, typed, content, postcode, has_photos)
        if fault:
            errors.setdefault(question.key, message(question, fault))
    phone, email = _check_reach(typed, content, errors)
    for name, limit in limits.items():
        if len(typed[name]) > limit:
            errors.setdefault(name, too_long(limit))
    if errors or postcode is None:
        order = [*content.questions, *limits]
        raise Invalid({name: errors[name] for name in sorted(errors, key=order.index)})
    frequency = typed["frequency"]
    return Answers(
        postcode=postcode,
        property_type=typed["property_type"] or None,
        bedrooms=typed["bedrooms"] if typed["property_type"] != "commercial" and typed["bedrooms"] else None,
        service=typed["service"],
        frequency=frequency if frequency and frequency != "unsure" else None,
        extras=typed.extras,
        wishes=typed["wishes"] or None,
        access_facts=typed.ticked("access_facts"),
        access_notes=typed["access_notes"] or None,
        preferred_method=typed["preferred_method"] or "any",
        preferred_time=typed["preferred_time"] or None,
        name=typed["name"],
        phone=phone,
        phone_as_typed=typed["phone"] or None,
        email=email,
        address_line1=typed["address_line1"] or None,
        town=typed["town"] or None,
        marketing=tuple(channel for channel in CHANNELS if typed[f"marketing_{channel}"] == "1"),
        own=tuple((question.label, answer) for question in content.own if (answer := _in_words(question, typed))),
    )


def _fault(
    question: Question, typed: Typed, content: Content, postcode: postcodes.Postcode | None, has_photos: bool
) -> str:
    """What is wrong with an answer by itself: "missing", "wrong" or nothing. Reach is judged apart."""
    key = question.key
    if key == "postcode":
        return "" if postcode else "wrong" if typed[key] else "missing"
    if key == "name":
        return "" if usable_name(typed[key]) else "missing"
    if key in ("phone", "email", "marketing"):
        return ""
    if key == "photos":
        return "missing" if is_demanded(question) and not has_photos else ""
    ticked = typed.ticked(key) if key in lists(content) else tuple(filter(None, [typed[key]]))
    if question.choices and not set(ticked) <= {value for value, _ in offered(question, content)}:
        return "missing"  # a value that the page never offered is answered like none at all
    return "" if ticked or not _is_needed(question, typed) else "missing"


def _is_needed(question: Question, typed: Typed) -> bool:
    if question.key == "bedrooms" and typed["property_type"] == "commercial":
        return False
    if question.key == "frequency" and typed["service"] not in REGULAR_SERVICES:
        return False
    return is_demanded(question)


def _check_reach(typed: Typed, content: Content, errors: dict[str, str]) -> tuple[phones.Phone | None, str | None]:
    """At least one way to reach the customer, what the form demands, and the way they prefer."""
    phone, email = phones.parse(typed["phone"]), email_addresses.parse(typed["email"])
    asked = {key: content.questions[key] for key in ("phone", "email") if content.asks(key)}
    ways = {"phone": ("phone", "sms"), "email": ("email",)}
    for name, parsed in (("phone", phone), ("email", email)):
        if name in asked and typed[name] and parsed is None:
            errors.setdefault(name, message(asked[name], "wrong"))
        elif name in asked and not typed[name] and typed["preferred_method"] in ways[name]:
            errors[name] = message(asked[name], "asked")
        elif name in asked and not typed[name] and is_demanded(asked[name]):
            errors[name] = message(asked[name], "missing" if len(asked) > 1 and name != "phone" else "only")
    if len(asked) > 1 and not typed["phone"] and not typed["email"] and not {"phone", "email"} & set(errors):
        errors["phone"] = message(asked["phone"], "missing")
    return phone, email


def _in_words(question: Question, typed: Typed) -> str:
    if question.kind == "choices":
        return ", ".join(typed.ticked(question.key))
    answer = typed[question.key]
    return _OWN_ANSWERS.get(answer, answer) if question.kind == "yes_no" else answer
