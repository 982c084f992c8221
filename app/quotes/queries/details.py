"""The details that a customer may put right, as their fields show them."""

from sqlalchemy import exists, select

from app.contacts.models import Contact, Property
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.facts import FACTS, as_typed

#: What it takes to find the house, in the order of a page.
PLACE = ("address_line1", "town", "postcode")
_OF_PERSON = ("name", "phone", "email")
_OF_HOUSE = ("address_line1", "address_line2", "town", "postcode", "access_notes")


def own_facts(lead: Lead) -> tuple[str, ...]:
    """The names of the facts that the customer sees and may change, in the order of the page."""
    return _OF_PERSON if is_house_of_others(lead) else _OF_PERSON + _OF_HOUSE


def is_house_of_others(lead: Lead) -> bool:
    """Whether somebody else has asked about the house too. Anyone can write a neighbour's address into the public form,
    and must neither read by the link of their quote how one gets in there, nor change it.
    """
    theirs = select(Lead.id).where(
        Lead.workspace_id == current_workspace_id(), Lead.property_id == lead.property_id,
        Lead.contact_id != lead.contact_id,
    )  # fmt: skip
    return bool(db.session.scalar(select(exists(theirs))))


def details_of(lead: Lead) -> dict[str, str]:
    """The present values of the customer's own facts, by name."""
    homes: dict[str, Contact | Property] = {"contact": lead.contact, "property": lead.property}
    shown = [FACTS[name] for name in own_facts(lead)]
    return {fact.name: as_typed(fact, getattr(homes[fact.home], fact.attribute)) for fact in shown}


def missing_place(place: Property) -> tuple[str, ...]:
    """Which facts of PLACE the customer is still to be asked for: none when street and postcode are known."""
    if place.address_line1 and place.postcode:
        return ()
    return tuple(name for name in PLACE if not getattr(place, name))
