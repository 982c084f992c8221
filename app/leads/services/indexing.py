"""The search tokens of leads: what makes an encrypted name, phone or postcode findable."""

from uuid import UUID

from sqlalchemy import delete, insert, select

from app.contacts.models import Contact, Property
from app.core.keyring import search_index
from app.core.tenancy import acting_in, current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import Lead, SearchToken


def tokens_of(contact: Contact, place: Property, number: str, reference: str | None = None) -> set[bytes]:
    """Every token under which a lead is found: name, address, phone endings, email, postcode levels, its number.

    `reference` is what the lead was called in the table that it was brought in from.
    """
    index = search_index()
    tokens = index.name_tokens(contact.name) | {index.exact("lead_number", number)}
    if reference:
        tokens.add(index.exact("lead_number", reference.upper()))
    tokens |= index.address_tokens(place.address_line1, place.town)
    if contact.phone:
        tokens |= index.phone_tokens(contact.phone)
    if contact.email_key:
        tokens.add(contact.email_key)
    if place.postcode:
        tokens |= index.postcode_tokens(place.postcode)
    return tokens


def index_lead(lead: Lead, contact: Contact, place: Property, *, is_new: bool = False) -> None:
    """Store the tokens of a lead in place of the ones it had."""
    if not is_new:
        db.session.execute(
            delete(SearchToken).where(SearchToken.workspace_id == lead.workspace_id, SearchToken.lead_id == lead.id)
        )
    db.session.execute(
        insert(SearchToken),
        [
            {"workspace_id": lead.workspace_id, "token": token, "lead_id": lead.id}
            for token in tokens_of(contact, place, lead.number, (lead.source_details or {}).get("reference"))
        ],
    )


def reindex_where(*, contact_id: UUID | None = None, property_id: UUID | None = None) -> None:
    """Store the tokens anew for every lead of a contact or a property whose facts changed, colleagues' leads too."""
    query = select(Lead).where(Lead.workspace_id == current_workspace_id())
    query = query.where(Lead.contact_id == contact_id if contact_id else Lead.property_id == property_id)
    scope = current_scope()
    with acting_in(scope.workspace_id, user_id=scope.user_id):
        for lead in db.session.scalars(query):
            index_lead(lead, lead.contact, lead.property)
