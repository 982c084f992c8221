"""Joining an enquiry to the contact and the property it belongs to, or making new ones."""

from sqlalchemy import select, text

from app.contacts.models import Contact, Property, place_key
from app.core import phones, postcodes
from app.core.keyring import search_index
from app.core.search_index import fold
from app.core.tenancy import current_workspace_id
from app.extensions import db


def join_contact(
    name: str, email: str | None, phone: phones.Phone | None, phone_as_given: str | None, preferred_method: str
) -> Contact:
    """The contact with this email or number, if the name fits and nothing contradicts; else a new one.

    A different name at a shared number is another person; a different email or number at the same name is not
    written over what we hold, since anyone may fill in a public form. Blanks of the known contact are filled.
    """
    email_key = search_index().exact("email", email) if email else None
    phone_key = search_index().exact("phone", phone.match_key) if phone else None
    hold(*filter(None, (email_key, phone_key)))
    for contact in _candidates(email_key, phone_key):
        if _contradicts(contact, email_key, phone_key) or not _same_person(contact.name, name):
            continue
        if contact.email_key is None and email:
            contact.set_email(email)
        if contact.phone_key is None and phone:
            contact.set_phone(phone, phone_as_given)
        return contact
    contact = Contact(name=name, preferred_method=preferred_method)
    contact.set_email(email)
    contact.set_phone(phone, phone_as_given)
    db.session.add(contact)
    return contact


def join_property(
    line1: str | None, line2: str | None, town: str | None, postcode: postcodes.Postcode | None
) -> Property:
    """The house with this first line and full postcode, or a new one. Facts about it are the caller's to set."""
    key = place_key(line1, postcode)
    if key is not None:
        hold(key)
        known = db.session.scalars(
            select(Property)
            .where(Property.workspace_id == current_workspace_id(), Property.place_key == key)
            .order_by(Property.created_at)
            .limit(1)
        ).first()
        if known is not None:
            return known
    place = Property(address_line2=line2 or None, town=town or None)
    place.set_place(line1, postcode)
    db.session.add(place)
    return place


def hold(*keys: bytes) -> None:
    """Let only one transaction at a time decide about these blind keys, so that two enquiries at once make one row.

    Locks are taken in the order of their keys, so that two callers can't wait for each other.
    """
    for key in sorted(keys):
        number = int.from_bytes(key[:8], "big", signed=True)
        db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": number})


def _candidates(email_key: bytes | None, phone_key: bytes | None) -> list[Contact]:
    found: dict[object, Contact] = {}
    for column, key in ((Contact.email_key, email_key), (Contact.phone_key, phone_key)):
        if key is not None:
            query = select(Contact).where(Contact.workspace_id == current_workspace_id(), column == key)
            for contact in db.session.scalars(query.order_by(Contact.created_at).limit(20)):
                found.setdefault(contact.id, contact)
    return list(found.values())


def _contradicts(contact: Contact, email_key: bytes | None, phone_key: bytes | None) -> bool:
    """Whether both sides have an email, or both a number, and they differ."""
    return bool(
        (email_key and contact.email_key and email_key != contact.email_key)
        or (phone_key and contact.phone_key and phone_key != contact.phone_key)
    )


def _same_person(known: str, given: str) -> bool:
    """Names fit when their last words agree, or one has a word of the other ("J Pike", "Jon Pike", "Pike")."""
    return bool(set(fold(known).split()) & {word for word in fold(given).split() if len(word) > 1})
