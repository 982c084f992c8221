"""The search tokens of leads: what makes an encrypted name, phone or postcode findable."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select

from app.contacts.models import Contact, Property
from app.core.keyring import search_index
from app.core.models import one_among
from app.core.tenancy import current_scope, seeing_all
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


def index_lead(lead: Lead, contact: Contact, place: Property) -> None:
    """Store the tokens of a new lead."""
    _store([(lead, contact, place)], is_new=True)


def _store(leads: Sequence[tuple[Lead, Contact, Property]], *, is_new: bool) -> None:
    """Store the tokens of leads, in place of the ones they had."""
    workspace_id = leads[0][0].workspace_id
    if not is_new:
        ids = one_among(lead.id for lead, _, _ in leads)
        db.session.execute(
            delete(SearchToken).where(SearchToken.workspace_id == workspace_id, SearchToken.lead_id == ids)
        )
    db.session.execute(
        insert(SearchToken),
        [
            {"workspace_id": workspace_id, "token": token, "lead_id": lead.id}
            for lead, contact, place in leads
            for token in tokens_of(contact, place, lead.number, (lead.source_details or {}).get("reference"))
        ],
    )


def reindex_where(*, contact_ids: Collection[UUID] = (), property_id: UUID | None = None) -> None:
    """Store the tokens anew for every lead of contacts or a property whose facts changed, colleagues' leads too. Three
    statements, however many leads.
    """
    scope = current_scope()
    query = (
        select(Lead, Contact, Property)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(
            Lead.workspace_id == scope.workspace_id,
            Lead.property_id == property_id if property_id else Lead.contact_id == one_among(contact_ids),
        )
    )  # fmt: skip
    with seeing_all():
        found = db.session.execute(query).all()
        if found:
            _store([(lead, contact, place) for lead, contact, place in found], is_new=False)
