"""Reading people and houses with what there was with them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Consent, Contact, Property
from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db

#: Where something was agreed to or taken back.
_THROUGH = {
    "website_form": "on the website’s form", "form": "on the website’s form", "customer_page": "on their own page",
    "one_click": "by the link in an email", "link": "by the link in an email", "reply": "in a reply",
    "person": "told to one of us", "called": "told to us on the phone", "wrote": "in writing",
    "met": "told to us in person", "mended": "the address was put right",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A line of the consent ledger as the page shows it."""

    channel: str
    purpose: str
    granted: bool
    wording: str
    source: str
    created_at: datetime

    @property
    def through(self) -> str:
        """Through what they said it, in words."""
        return _THROUGH.get(self.source, self.source.replace("_", " "))


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
        select(Consent.channel, Consent.purpose, Consent.granted, Consent.wording, Consent.source, Consent.created_at)
        .where(Consent.workspace_id == current_workspace_id(), Consent.contact_id == contact_id)
        .order_by(Consent.created_at.desc(), Consent.id.desc())
        .limit(30)
    )
    return [ConsentLine(*row) for row in rows]
