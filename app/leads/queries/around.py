"""Other leads of the same person and of the same house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from app.contacts.models import Contact, Property
from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.cards import what_is_wanted

MOST = 50


@dataclass(frozen=True, slots=True)
class Kin:
    """A lead in a short list: who, where, what, how it stands."""

    id: UUID
    number: str
    name: str
    place: str
    what: str
    stage_name: str
    stage_colour: str
    price_minor: int | None
    annual_minor: int
    created_at: datetime
    contact_id: UUID
    property_id: UUID
    shelf: str
    is_single: bool = False
    noun: str = "lead"


_KIN = (
    select(
        Lead.id, Lead.number, Lead.service, Lead.frequency, Lead.property_type, Lead.bedrooms, Lead.price_minor,
        Lead.annual_minor, Lead.created_at, Lead.contact_id, Lead.property_id, Lead.shelf, Contact.name_sealed,
        Property.address_line1_sealed, Property.postcode_sealed, Stage.name.label("stage_name"), Stage.colour,
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
    .order_by(Lead.created_at.desc(), Lead.id.desc())
    .limit(MOST)
)  # fmt: skip


def kin_of(lead: Lead) -> list[Kin]:
    """The other leads of a lead's person or house, newest first, whatever shelf they lie on."""
    either = or_(Lead.contact_id == lead.contact_id, Lead.property_id == lead.property_id)
    return _read(_KIN.where(either, Lead.id != lead.id))


def leads_of_contact(contact_id: UUID) -> list[Kin]:
    """The leads of a person, newest first."""
    return _read(_KIN.where(Lead.contact_id == contact_id))


def leads_of_house(property_id: UUID) -> list[Kin]:
    """The leads of a house, newest first, whoever lived there."""
    return _read(_KIN.where(Lead.property_id == property_id))


def _read(query: Select[Any]) -> list[Kin]:
    return [_kin(row) for row in db.session.execute(query.where(Lead.workspace_id == current_workspace_id()))]


def _kin(row: Any) -> Kin:
    seal = cipher()
    line1 = _open(row.address_line1_sealed, "address_line1_sealed", row.property_id)
    postcode = _open(row.postcode_sealed, "postcode_sealed", row.property_id)
    return Kin(
        row.id, row.number, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id),
        ", ".join(filter(None, (line1, postcode))),
        what_is_wanted(row.service, row.frequency, row.property_type, row.bedrooms), row.stage_name, row.colour,
        row.price_minor, row.annual_minor, row.created_at, row.contact_id, row.property_id, row.shelf,
        row.frequency == "one_off",
    )  # fmt: skip


def _open(blob: bytes | None, column: str, property_id: UUID) -> str:
    return cipher().open(blob, "properties", column, property_id) if blob else ""
