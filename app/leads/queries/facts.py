"""The facts of a lead that can be changed in place: where each lives, how it is typed in, and how it reads."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.contacts.models import ACCESS_FACTS, BEDROOMS, CONTACT_METHODS, PROPERTY_TYPES
from app.core import phones
from app.core.human_time import short_date
from app.core.money import plain_amount
from app.leads.models import EXTRAS, FREQUENCIES, PRIORITIES, SERVICES, TIMES_OF_DAY
from app.leads.words import CHOICE_WORDS, SEVERAL_WORDS

_CHOICES = {
    "property_type": PROPERTY_TYPES,
    "bedrooms": BEDROOMS,
    "service": SERVICES,
    "frequency": tuple(FREQUENCIES),
    "priority": PRIORITIES,
    "preferred_method": CONTACT_METHODS,
    "preferred_time": TIMES_OF_DAY,
    "access_facts": ACCESS_FACTS,
    "extras": EXTRAS,
}
_ATTRIBUTES = {"price": "price_minor", "first_price": "first_price_minor", "owner": "owner_id", "source": "source_id"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that can be changed in place: where it lives and how it is typed in.

    `kind`: text, longtext, email, phone, postcode, money, choice, choices, date, number, member or source. `sealed`
    facts are customer data. A number lies in `span`; `unit` stands behind it. `group` is where the page shows it.
    """

    name: str
    label: str
    kind: str
    home: str
    group: str
    sealed: bool = False
    required: bool = False
    span: tuple[int, int] = (0, 0)
    unit: str = ""
    hint: str = ""

    @property
    def attribute(self) -> str:
        """The model's attribute that holds it."""
        return _ATTRIBUTES.get(self.name, self.name)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values a choice may take."""
        return _CHOICES.get(self.name, ())

    @property
    def is_picked(self) -> bool:
        """Whether it is one of several values, picked from a list."""
        return self.kind in ("choice", "member", "source")


#: The groups of facts in the order of the page, with their headings.
GROUPS = {"person": "Who", "house": "Where", "job": "What and how much", "desk": "On the desk"}

FACTS = {
    fact.name: fact
    for fact in (
        Fact("name", "Name", "text", "contact", "person", sealed=True, required=True),
        Fact("preferred_method", "Prefers", "choice", "contact", "person", required=True),
        Fact("preferred_time", "Best time", "choice", "lead", "person"),
        Fact("phone", "Phone", "phone", "contact", "person", sealed=True),
        Fact("email", "Email", "email", "contact", "person", sealed=True),
        Fact("address_line1", "Address", "text", "property", "house", sealed=True),
        Fact("address_line2", "Address, second line", "text", "property", "house", sealed=True),
        Fact("town", "Town", "text", "property", "house", sealed=True),
        Fact("postcode", "Postcode", "postcode", "property", "house", sealed=True),
        Fact("property_type", "Property", "choice", "lead", "house"),
        Fact("bedrooms", "Bedrooms", "choice", "lead", "house"),
        Fact("access_facts", "Getting there", "choices", "property", "house"),
        Fact("access_notes", "Access", "longtext", "property", "house", sealed=True, hint="Gate, dog, parking"),
        Fact("service", "Service", "choice", "lead", "job", required=True),
        Fact("frequency", "How often", "choice", "lead", "job"),
        Fact("price", "Price a visit", "money", "lead", "job"),
        Fact("first_price", "First clean", "money", "lead", "job"),
        Fact("extras", "Also wants", "choices", "lead", "job"),
        Fact("wishes", "Wishes", "longtext", "lead", "job", sealed=True),
        Fact("owner", "Owner", "member", "lead", "desk"),
        Fact("priority", "Priority", "choice", "lead", "desk", required=True),
        Fact("expected_close", "Decides by", "date", "lead", "desk"),
        Fact("conversion_percent", "Chance", "number", "lead", "desk", span=(0, 100), unit="%"),
        Fact("quality_score", "Quality", "number", "lead", "desk", span=(1, 10), unit=" of 10"),
        Fact("satisfaction_score", "Satisfaction", "number", "lead", "desk", span=(1, 5), unit=" of 5"),
        Fact("source", "Source", "source", "lead", "desk", required=True),
        Fact("returns_on", "Comes back", "date", "lead", "desk", hint="When to ask again"),
    )
}


def as_typed(fact: Fact, raw: Any) -> str:
    """A stored fact the way its field shows it and `was` returns it; blank when unknown."""
    if raw is None:
        return ""
    if fact.kind == "money":
        return plain_amount(raw)
    if fact.kind == "choices":
        return ",".join(raw)
    return phones.format_national(raw) if fact.kind == "phone" else str(raw)


def read_out(fact: Fact, value: str) -> str:
    """What was typed as people read it: words for choices, a day, an amount; blank when unknown.

    Members and sources are left as they are: their names are not known here.
    """
    if not value:
        return ""
    if fact.kind == "choice":
        return CHOICE_WORDS[fact.name].get(value, value)
    if fact.kind == "choices":
        return ", ".join(SEVERAL_WORDS[fact.name].get(each, each) for each in value.split(","))
    if fact.kind == "money":
        return f"£{value}"
    if fact.kind == "date":
        return _day(value)
    return f"{value}{fact.unit}" if fact.kind == "number" else value


def _day(value: str) -> str:
    try:
        return short_date(date.fromisoformat(value))
    except ValueError:
        return value
