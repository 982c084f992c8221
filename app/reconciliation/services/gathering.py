"""Loading leads and customers so that they can be compared, district by district, opened only here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, any_, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from app.contacts.models import Contact, Property
from app.core import postcodes
from app.core.catalogue import known
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.reconciliation.models import SqueegeeCustomer
from app.reconciliation.queries.possible import reference_key
from app.reconciliation.services.people import Party, digits_of, house_in, house_of, name_of
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import READY, TAKEN

THERE = ("transferred_to_squeegee", "booking_confirmed")
#: Leads that are compared at once.
PIECE = 1_000


@dataclass(frozen=True, slots=True)
class Ours:
    """`group`: chased, ready, or there, `since` when. `is_on_its_way`: it is being handed over."""

    id: UUID
    group: str
    party: Party
    keys: frozenset[bytes]
    created_at: datetime
    since: datetime
    is_on_its_way: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    """A customer to be compared. `lead_id` as it was noted before, and by what."""

    id: UUID
    party: Party
    place_key: bytes | None
    added_on: date | None
    created_at: datetime
    is_gone: bool
    lead_id: UUID | None
    matched_by: str | None


def group_of(stage: Stage) -> str:
    """How far leads of a stage are: chased, ready, there, or blank for those that are over."""
    if stage.key == READY:
        return "ready"
    if stage.key in THERE:
        return "there"
    return "" if stage.is_final else "chased"


def stages_by_group() -> dict[UUID, str]:
    """The stages whose leads are compared, with how far those are."""
    return {stage.id: group for stage in known(Stage) if (group := group_of(stage))}


def all_districts() -> list[str | None]:
    """The districts in which there are leads or customers, in order; None stands for those without one."""
    here = current_workspace_id()
    leads = select(Lead.district).where(Lead.workspace_id == here, Lead.shelf == fixed("desk"))
    customers = select(SqueegeeCustomer.district).where(SqueegeeCustomer.workspace_id == here)
    found = set(db.session.scalars(leads.union(customers)))
    return [*sorted(district for district in found if district), None]


def load_leads(district: str | None, after: tuple[datetime, UUID] | None, ids: Iterable[UUID] = ()) -> list[Ours]:
    """The next leads of a district that are compared, at most PIECE, oldest first; or those with `ids`."""
    query = _leads().order_by(Lead.created_at, Lead.id).limit(PIECE)
    if ids:
        query = query.where(Lead.id == one_among(ids))
    else:
        query = query.where(Lead.district == district if district else Lead.district.is_(None))
    if after:
        query = query.where(tuple_(Lead.created_at, Lead.id) > tuple_(*after))
    groups = stages_by_group()
    return [_ours(row, groups[row.stage_id]) for row in db.session.execute(query)]


def load_customers(district: str | None, leads: Iterable[Ours], *, with_unplaced: bool = True) -> list[Theirs]:
    """The customers of a district and those without one, and any that share a number or reference with the leads.

    Gone ones too, if they were a lead of these.
    """
    leads = list(leads)
    table, here = SqueegeeCustomer, current_workspace_id()
    keys = any_(literal(list({key for lead in leads for key in lead.keys}), ARRAY(LargeBinary)))
    ids = one_among(lead.id for lead in leads)
    near = [table.district == district] if district else []
    arms = [table.phone_key == keys, table.mobile_key == keys, table.ref_key == keys, table.lead_id == ids, *near]
    if with_unplaced or not district:
        arms.append(table.district.is_(None))
    query = select(
        table.id, table.name_sealed, table.address_sealed, table.phone_sealed, table.mobile_sealed, table.ref_sealed,
        table.place_key, table.added_on, table.created_at, table.gone_at, table.lead_id, table.matched_by,
    ).where(table.workspace_id == here, or_(*arms), or_(table.gone_at.is_(None), table.lead_id == ids))  # fmt: skip
    return [_theirs(row) for row in db.session.execute(query.order_by(table.created_at, table.id))]


def _leads() -> Any:
    here = current_workspace_id()
    under_way = select(Transfer.id).where(
        Transfer.workspace_id == Lead.workspace_id, Transfer.lead_id == Lead.id, Transfer.state.in_(TAKEN),
        Transfer.state != fixed("success"),
    )  # fmt: skip
    return (
        select(
            Lead.id, Lead.number, Lead.stage_id, Lead.created_at, Lead.transferred_at, Lead.stage_entered_at,
            Lead.squeegee_customer_id,
            Lead.contact_id, Lead.property_id, Contact.name_sealed, Contact.phone_sealed, Contact.phone_key,
            Property.address_line1_sealed, Property.address_line2_sealed, Property.town_sealed,
            Property.postcode_sealed, under_way.exists().label("is_on_its_way"),
        )
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(
            Lead.workspace_id == here, Lead.shelf == fixed("desk"), Lead.stage_id == one_among(stages_by_group()),
        )
    )  # fmt: skip


def _ours(row: Any, group: str) -> Ours:
    seal = cipher()

    def place(column: str) -> str:
        return seal.open(getattr(row, column), "properties", column, row.property_id) or ""

    name = seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id) or ""
    phone = seal.open(row.phone_sealed, "contacts", "phone_sealed", row.contact_id)
    references = [each for each in (row.number, row.squeegee_customer_id) if each]
    keys = [row.phone_key, *(reference_key(each) for each in references)]
    house = house_of(
        place("address_line1_sealed"), place("address_line2_sealed"), place("town_sealed"),
        postcodes.parse_outward_or_full(place("postcode_sealed")),
    )  # fmt: skip
    return Ours(
        row.id, group, Party(name_of(name), house, _numbers(phone), frozenset(map(plain_reference, references))),
        frozenset(key for key in keys if key), row.created_at, row.transferred_at or row.stage_entered_at,
        row.is_on_its_way,
    )  # fmt: skip


def _theirs(row: Any) -> Theirs:
    seal = cipher()

    def said(name: str) -> str:
        blob = getattr(row, f"{name}_sealed")
        return seal.open(blob, SqueegeeCustomer.__tablename__, f"{name}_sealed", row.id) or "" if blob else ""

    ref = plain_reference(said("ref"))
    party = Party(
        name_of(said("name")), house_in(said("address")), _numbers(said("phone"), said("mobile")),
        frozenset({ref} if ref else ()),
    )  # fmt: skip
    return Theirs(
        row.id, party, row.place_key, row.added_on, row.created_at, row.gone_at is not None, row.lead_id,
        row.matched_by,
    )  # fmt: skip


def plain_reference(text: str) -> str:
    """A reference as it is compared: without blanks and case."""
    return "".join(text.split()).casefold()


def _numbers(*numbers: str | None) -> frozenset[str]:
    return frozenset(digits for number in numbers if (digits := digits_of(number)))
