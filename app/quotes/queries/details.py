"""The details that a customer may put right, as their fields show them."""

from app.contacts.models import Contact, Property
from app.leads.models import Lead
from app.leads.queries.facts import FACTS, as_typed


def details_of(lead: Lead, names: tuple[str, ...]) -> dict[str, str]:
    """The present values of facts about person and house, by name."""
    homes: dict[str, Contact | Property] = {"contact": lead.contact, "property": lead.property}
    return {name: as_typed(FACTS[name], getattr(homes[FACTS[name].home], FACTS[name].attribute)) for name in names}
