"""Joining an enquiry to the contact and the property it belongs to, or making new ones."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import case, or_, select, text

from app.contacts.models import Consent, Contact, Property, place_key
from app.core import phones, postcodes
from app.core.keyring import search_index
from app.core.names import share_a_word
from app.core.tenancy import current_workspace_id
from app.extensions import db

#: A letting agent's number may stand beside each of their tenants' names.
_MOST_AT_ONE_NUMBER = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as an enquiry names them; email normalised, phone parsed."""

    name: str
    email: str | None
    phone: phones.Phone | None
    phone_as_given: str | None
    preferred_method: str


@dataclass(frozen=True, slots=True)
class House:
    """A place as an enquiry names it."""

    line1: str | None
    line2: str | None
    town: str | None
    postcode: postcodes.Postcode | None


class Joined(NamedTuple):
    """Whom and what an enquiry belongs to; `has_gained`: the contact was known, and a blank of theirs was filled."""

    contact: Contact
    place: Property
    has_gained: bool


def join(person: Person, house: House, *, is_vouched: bool) -> Joined:
    """The contact and the property an enquiry belongs to, or new ones.

    Contact: the one with this email or number, if the name fits and nothing contradicts. A different name at a shared
    number is another person; a different email or number at the same name is not written over what we hold, since
    anyone may fill in a public form. `is_vouched`: one of us took the enquiry in, so blanks of the known contact are
    filled. A stranger's would lead what we send about earlier leads to an address that nobody has checked: an enquiry
    that brings one gets a contact of its own.
    Property: the house with this first line and full postcode. Facts about it are the caller's to set.
    """
    index = search_index()
    email_key = index.exact("email", person.email) if person.email else None
    phone_key = index.exact("phone", person.phone.match_key) if person.phone else None
    house_key = place_key(house.line1, house.postcode, house.line2)
    hold([key for key in (email_key, phone_key, house_key) if key])
    contact, has_gained = _contact(person, email_key, phone_key, is_vouched)
    return Joined(contact, _property(house, house_key), has_gained)


def note_consent(contact_id: UUID, channel: str, purpose: str, granted: bool, wording: str, source: str) -> None:
    """Write a line of the consent ledger: what was agreed or taken back, in which words, through what."""
    db.session.add(
        Consent(
            contact_id=contact_id, channel=channel, purpose=purpose, granted=granted, wording=wording, source=source
        )
    )  # fmt: skip


def hold(keys: list[bytes]) -> None:
    """Let only one transaction at a time decide about these blind keys, so that two enquiries at once make one row.

    Locks are taken in the order of their keys, so that two callers can't wait for each other.
    """
    if keys:
        numbers = sorted({int.from_bytes(key[:8], "big", signed=True) for key in keys})
        db.session.execute(_LOCK, {"keys": numbers})


_LOCK = text(
    "select pg_advisory_xact_lock(key) from (select unnest(cast(:keys as bigint[])) as key order by 1) in_order"
)


def _contact(
    person: Person, email_key: bytes | None, phone_key: bytes | None, is_vouched: bool
) -> tuple[Contact, bool]:  # fmt: skip
    """The contact, and whether one that was known has gained an address or a number."""
    for contact in _candidates(email_key, phone_key):
        if contradicts(contact, email_key, phone_key) or not same_person(contact.name, person.name):
            continue
        if not is_vouched and _brings_more(contact, email_key, phone_key):
            continue
        has_gained = _brings_more(contact, email_key, phone_key)
        if contact.email_key is None and person.email:
            contact.set_email(person.email)
        if contact.phone_key is None and person.phone:
            contact.set_phone(person.phone, person.phone_as_given)
        return contact, has_gained
    contact = Contact(name=person.name, preferred_method=person.preferred_method)
    contact.set_email(person.email)
    contact.set_phone(person.phone, person.phone_as_given)
    db.session.add(contact)
    return contact, False


def _property(house: House, key: bytes | None) -> Property:
    if key is not None:
        known = db.session.scalars(
            select(Property)
            .where(Property.workspace_id == current_workspace_id(), Property.place_key == key)
            .order_by(Property.created_at)
            .limit(1)
        ).first()
        if known is not None:
            return known
    place = Property(address_line2=house.line2 or None, town=house.town or None)
    place.set_place(house.line1, house.postcode)
    db.session.add(place)
    return place


def _candidates(email_key: bytes | None, phone_key: bytes | None) -> list[Contact]:
    """Contacts with the email or the number, those with the email first, then the oldest."""
    keys = ((Contact.email_key, email_key), (Contact.phone_key, phone_key))
    conditions = [column == key for column, key in keys if key is not None]
    if not conditions:
        return []
    query = select(Contact).where(Contact.workspace_id == current_workspace_id(), or_(*conditions))
    other_email = case((Contact.email_key == email_key, 0), else_=1)
    return list(db.session.scalars(query.order_by(other_email, Contact.created_at).limit(_MOST_AT_ONE_NUMBER)))


class Known(Protocol):
    """Somebody of whom the blind keys are known: a contact, or what an import is about to make one of."""

    email_key: bytes | None
    phone_key: bytes | None


def contradicts(contact: Known, email_key: bytes | None, phone_key: bytes | None) -> bool:
    """Whether both sides have an email, or both a number, and they differ."""
    return bool(
        (email_key and contact.email_key and email_key != contact.email_key)
        or (phone_key and contact.phone_key and phone_key != contact.phone_key)
    )


def _brings_more(contact: Contact, email_key: bytes | None, phone_key: bytes | None) -> bool:
    """Whether the enquiry has an email or a number where the contact has none."""
    return bool((email_key and not contact.email_key) or (phone_key and not contact.phone_key))


def same_person(known: str, given: str) -> bool:
    """Names fit when they have a word in common ("J Pike", "Jon Pike", "Pike"), which is more than a title."""
    return share_a_word(known, given)
