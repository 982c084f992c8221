"""The details that a customer may put right, as their fields show them."""

from app.contacts.models import Contact, Property
from app.leads.models import Lead
from app.leads.queries.facts import FACTS, as_typed

#: What it takes to find the house, in the order of a page.
PLACE = ("address_line1", "town", "postcode")


def details_of(lead: Lead, names: tuple[str, ...]) -> dict[str, str]:
    """The present values of facts about person and house, by name."""
    homes: dict[str, Contact | Property] = {"contact": lead.contact, "property": lead.property}
    return {name: as_typed(FACTS[name], getattr(homes[FACTS[name].home], FACTS[name].attribute)) for name in names}


def missing_place(place: Property) -> tuple[str, ...]:
    """Which facts of PLACE the customer is still to be asked for: none when street and postcode are known."""
    if place.address_line1 and place.postcode:
        return ()
    return tuple(name for name in PLACE if not getattr(place, name))
