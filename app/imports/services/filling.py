"""Blanks of people and houses that are known already: rows fill them, and undoing the import empties them again.

That a row has filled one stands among its problems, by the code `FILLED`; what it was filled with is in the row itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Contact, Property
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.queries.reading import opened
from app.imports.services.matching import Decision
from app.imports.services.rows import RowFacts, read_row
from app.imports.services.setting import setting_of
from app.leads.services.indexing import reindex_where

FILLED = "filled"
#: The rows that have filled something, as the database asks for them.
_HAS_FILLED = f'$[*] ? (@.code == "{FILLED}")'


@dataclass(frozen=True, slots=True)
class Fill:
    """What a row has filled in (`names` of fields) of whom and which house, and what the row says."""

    contact_id: UUID | None
    property_id: UUID | None
    names: frozenset[str]
    facts: RowFacts


def fill_contact(decision: Decision, contact: Contact, *, was_known: bool) -> None:
    """Give a contact the ways to reach them that it lacks and the row has. `was_known`: the row's problems say so."""
    facts, filled = decision.row.facts, []
    if contact.email_key is None and facts.email:
        contact.set_email(facts.email)
        filled.append("email")
    if contact.phone_key is None and facts.phone:
        contact.set_phone(facts.phone, facts.phone_as_given)
        filled.append("phone")
    _note(decision, filled if was_known else ())


def fill_house(decision: Decision, place: Property, *, was_known: bool) -> None:
    """The same for what is known of a house."""
    facts, filled = decision.row.facts, []
    if facts.property_type and not place.property_type:
        place.property_type = facts.property_type
        filled.append("property_type")
    if facts.bedrooms and not place.bedrooms and place.property_type != "commercial":
        place.bedrooms = facts.bedrooms
        filled.append("bedrooms")
    if facts.access and place.access_notes_sealed is None:
        place.access_notes = facts.access
        filled.append("access")
    _note(decision, filled if was_known else ())


def load_known(model: Any, ids: Iterable[UUID | None]) -> dict[UUID, Any]:
    """The contacts or houses of these ids that are there."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    query = select(model).where(model.workspace_id == current_workspace_id(), model.id == one_among(wanted))
    return {row.id: row for row in db.session.scalars(query)}


def fills_in(made: Import, row_ids: Sequence[UUID]) -> list[Fill]:
    """What these rows have filled in; to be read before they are forgotten."""
    rows = db.session.execute(
        select(ImportRow.id, ImportRow.raw_sealed, ImportRow.contact_id, ImportRow.property_id, ImportRow.problems)
        .where(ImportRow.workspace_id == made.workspace_id, ImportRow.id == one_among(row_ids))
        .where(ImportRow.problems.path_exists(_HAS_FILLED))
    ).all()  # fmt: skip
    setting = setting_of(made) if rows else None
    return [
        Fill(contact_id, property_id, frozenset(each["field"] for each in problems if each["code"] == FILLED),
             read_row(setting, opened(row_id, raw)))
        for row_id, raw, contact_id, property_id, problems in rows
        if setting is not None
    ]  # fmt: skip


def empty_again(fills: Sequence[Fill]) -> None:
    """Take back what was filled in, where it still is what the row says."""
    people = load_known(Contact, (each.contact_id for each in fills))
    houses = load_known(Property, (each.property_id for each in fills))
    lost = set()
    for each in fills:
        contact, place = people.get(each.contact_id), houses.get(each.property_id)
        if contact is not None and _empty_contact(contact, each):
            lost.add(contact.id)
        if place is not None:
            _empty_house(place, each)
    db.session.flush()
    if lost:
        reindex_where(contact_ids=lost)


def _empty_contact(contact: Contact, fill: Fill) -> bool:
    """Whether the contact is found by less from now on."""
    before, facts = (contact.email_key, contact.phone_key), fill.facts
    if "email" in fill.names and contact.email == facts.email:
        contact.set_email(None)
    if "phone" in fill.names and facts.phone is not None and contact.phone == facts.phone.e164:
        contact.set_phone(None)
    return before != (contact.email_key, contact.phone_key)


def _empty_house(place: Property, fill: Fill) -> None:
    facts = fill.facts
    if "property_type" in fill.names and place.property_type == facts.property_type:
        place.property_type = None
    if "bedrooms" in fill.names and place.bedrooms == facts.bedrooms:
        place.bedrooms = None
    if "access" in fill.names and place.access_notes == facts.access:
        place.access_notes = None


def _note(decision: Decision, names: Iterable[str]) -> None:
    decision.codes += [{"field": name, "code": FILLED} for name in names]
