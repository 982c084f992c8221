"""The facts of a lead that can be changed in place: where each lives, how it is typed in, and how it reads."""

from dataclasses import dataclass
from typing import Any

from app.contacts.models import BEDROOMS, CONTACT_METHODS, PROPERTY_TYPES
from app.core import phones
from app.core.money import plain_amount
from app.leads.models import FREQUENCIES, PRIORITIES, SERVICES

_CHOICES = {
    "property_type": PROPERTY_TYPES,
    "bedrooms": BEDROOMS,
    "service": SERVICES,
    "frequency": tuple(FREQUENCIES),
    "priority": PRIORITIES,
    "preferred_method": CONTACT_METHODS,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that can be changed in place: where it lives and how it is typed in.

    `kind`: text, longtext, email, phone, postcode, money, choice, date or member. `sealed` facts are customer data.
    """

    name: str
    label: str
    kind: str
    home: str
    sealed: bool = False
    required: bool = False

    @property
    def attribute(self) -> str:
        """The model's attribute that holds it."""
        return {"price": "price_minor", "owner": "owner_id"}.get(self.name, self.name)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values a choice may take."""
        return _CHOICES.get(self.name, ())


FACTS = {
    fact.name: fact
    for fact in (
        Fact("name", "Name", "text", "contact", sealed=True, required=True),
        Fact("phone", "Phone", "phone", "contact", sealed=True),
        Fact("email", "Email", "email", "contact", sealed=True),
        Fact("preferred_method", "Prefers", "choice", "contact", required=True),
        Fact("address_line1", "Address", "text", "property", sealed=True),
        Fact("address_line2", "Address, second line", "text", "property", sealed=True),
        Fact("town", "Town", "text", "property", sealed=True),
        Fact("postcode", "Postcode", "postcode", "property", sealed=True),
        Fact("access_notes", "Access", "longtext", "property", sealed=True),
        Fact("property_type", "Property", "choice", "lead"),
        Fact("bedrooms", "Bedrooms", "choice", "lead"),
        Fact("service", "Service", "choice", "lead", required=True),
        Fact("frequency", "How often", "choice", "lead"),
        Fact("price", "Price a visit", "money", "lead"),
        Fact("wishes", "Wishes", "longtext", "lead", sealed=True),
        Fact("priority", "Priority", "choice", "lead", required=True),
        Fact("owner", "Owner", "member", "lead"),
    )
}


def as_typed(fact: Fact, raw: Any) -> str:
    """A stored fact the way its field shows it and `was` returns it; blank when unknown."""
    if raw is None:
        return ""
    if fact.kind == "money":
        return plain_amount(raw)
    return phones.format_national(raw) if fact.kind == "phone" else str(raw)
