"""Reading people and houses with what there was with them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Consent, Contact, Property
from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A line of the consent ledger as the page shows it."""

    channel: str
    purpose: str
    granted: bool
    wording: str
    created_at: datetime


def get_contact(contact_id: UUID) -> Contact:
    """A person, as far as the scope sees them. Raises NotFound."""
    contact = db.session.get(Contact, (current_workspace_id(), contact_id))
    if contact is None:
        raise NotFound
    return contact


def get_house(property_id: UUID) -> Property:
    """A house, as far as the scope sees it. Raises NotFound."""
    house = db.session.get(Property, (current_workspace_id(), property_id))
    if house is None:
        raise NotFound
    return house


def consents_of(contact_id: UUID) -> list[ConsentLine]:
    """What a person agreed to or took back, newest first, at most thirty lines."""
    rows = db.session.execute(
        select(Consent.channel, Consent.purpose, Consent.granted, Consent.wording, Consent.created_at)
        .where(Consent.workspace_id == current_workspace_id(), Consent.contact_id == contact_id)
        .order_by(Consent.created_at.desc())
        .limit(30)
    )
    return [ConsentLine(*row) for row in rows]
