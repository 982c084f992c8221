"""The ledger: what Squeegee's last export and the leads do not agree on, and still do not as the leads are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from app.contacts.models import Contact, Property
from app.core.catalogue import known
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.phones import format_national
from app.core.phones import parse as parse_phone
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, act_name
from app.reconciliation.models import DISCREPANCY_KINDS, Discrepancy, SqueegeeCustomer
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import READY, TAKEN

PAGE = 25
#: More than these are not counted one by one.
MOST_COUNTED = 2_000
_THERE = ("transferred_to_squeegee", "booking_confirmed")
_ADDRESS = ("address_line1_sealed", "address_line2_sealed", "town_sealed", "postcode_sealed")


@dataclass(frozen=True, slots=True)
class LeadSide:
    """What we know of somebody."""

    id: UUID
    number: str
    name: str
    address: str
    phone: str
    stage: str
    stage_key: str
    next_act: str | None
    created_at: datetime

    @property
    def is_ready(self) -> bool:
        """Whether it waits to be handed over."""
        return self.stage_key == READY

    @property
    def is_there(self) -> bool:
        """Whether it was handed over."""
        return self.stage_key in _THERE


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """What Squeegee knows of somebody."""

    ref: str
    name: str
    address: str
    phones: tuple[str, ...]
    added_on: date | None

    @property
    def since(self) -> str:
        """Since when they are a customer: "3 May 2021"; blank where Squeegee does not say."""
        return f"{self.added_on.day} {self.added_on:%B %Y}" if self.added_on else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A discrepancy with both sides; of a duplicate `other` is the older customer."""

    id: UUID
    kind: str
    score: int | None
    reasons: tuple[str, ...]
    created_at: datetime
    lead: LeadSide | None
    customer: CustomerSide | None
    other: CustomerSide | None

    noun = "discrepancy"


def open_counts() -> dict[str, int]:
    """How many are open of each kind, as far as the scope sees their leads; of each at most MOST_COUNTED."""
    arms = [
        select(Discrepancy.kind)
        .outerjoin(Lead, _OF_LEAD)
        .where(*_open(kind))
        .limit(MOST_COUNTED)
        for kind in DISCREPANCY_KINDS
    ]  # fmt: skip
    every = arms[0].union_all(*arms[1:]).subquery()
    rows = db.session.execute(select(every.c.kind, func.count()).group_by(every.c.kind))
    return dict(map(tuple, rows))


def open_leads(most: int) -> list[tuple[UUID, str, UUID | None, str, datetime]]:
    """Leads about which something is open, the longest first: id, name, owner, kind, since when; `most` at most."""
    kinds = [and_(*_open(kind)) for kind in DISCREPANCY_KINDS if kind != "duplicate"]
    query = (
        select(Lead.id, Contact.id, Contact.name_sealed, Lead.owner_id, Discrepancy.kind, Discrepancy.created_at)
        .join(Lead, _OF_LEAD)
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(or_(*kinds))
        .order_by(Discrepancy.created_at, Discrepancy.id)
        .limit(most)
    )
    seal = cipher()
    return [
        (row[0], seal.open(row[2], "contacts", "name_sealed", row[1]) or "", row[3], row[4], row[5])
        for row in db.session.execute(query)
    ]


def ledger(kind: str, cursor: str | None = None) -> tuple[list[Line], str | None]:
    """A page of one kind, newest first, and the cursor of the next."""
    query = _lines().where(*_open(kind)).order_by(Discrepancy.created_at.desc(), Discrepancy.id.desc()).limit(PAGE + 1)
    after = read_cursor(cursor, f"discrepancies/{kind}")
    if after:
        query = query.where(tuple_(Discrepancy.created_at, Discrepancy.id) < tuple_(*after))
    lines = _made(db.session.execute(query).all())
    if len(lines) <= PAGE:
        return lines, None
    last = lines[PAGE - 1]
    return lines[:PAGE], make_cursor([last.created_at, last.id], f"discrepancies/{kind}")


def line_of(discrepancy_id: UUID) -> Line | None:
    """One discrepancy, however it stands."""
    query = _lines().where(Discrepancy.workspace_id == current_workspace_id(), Discrepancy.id == discrepancy_id)
    return next(iter(_made(db.session.execute(query).all())), None)


_OF_LEAD = and_(Lead.workspace_id == Discrepancy.workspace_id, Lead.id == Discrepancy.lead_id)


def _open(kind: str) -> list[ColumnElement[bool]]:
    """What makes a discrepancy of a kind one that is still open as its lead stands now."""
    stages = known(Stage)
    ready = Lead.stage_id == one_among(stage.id for stage in stages if stage.key == READY)
    there = Lead.stage_id == one_among(stage.id for stage in stages if stage.key in _THERE)
    unhanded = Lead.stage_id == one_among(stage.id for stage in stages if not stage.is_final)
    under_way = select(Transfer.id).where(
        Transfer.workspace_id == Lead.workspace_id, Transfer.lead_id == Lead.id, Transfer.state.in_(TAKEN)
    )
    since = func.coalesce(Lead.transferred_at, Lead.stage_entered_at)
    handed_before = and_(there, since < Discrepancy.created_at - timedelta(days=1))
    still: Mapping[str, ColumnElement[bool]] = {
        "not_there": or_(and_(ready, ~under_way.exists()), handed_before),
        "still_chased": and_(unhanded, ~under_way.exists()),
        "perhaps": or_(unhanded, there),
        "gone": there,
    }
    found = [
        Discrepancy.workspace_id == current_workspace_id(), Discrepancy.state == fixed("open"),
        Discrepancy.kind == kind,
    ]  # fmt: skip
    return [*found, Lead.shelf == fixed("desk"), still[kind]] if kind in still else found


def _lines() -> Select[Any]:
    return (
        select(
            Discrepancy.id, Discrepancy.kind, Discrepancy.score, Discrepancy.reasons, Discrepancy.created_at,
            Discrepancy.subject_key, Lead.id.label("lead_id"), Lead.number, Lead.next_act, Lead.next_words_sealed,
            Lead.stage_id, Lead.created_at.label("asked_at"), Contact.id.label("contact_id"), Contact.name_sealed,
            Contact.phone_sealed, Property.id.label("property_id"), *(getattr(Property, column) for column in _ADDRESS),
            SqueegeeCustomer,
        )
        .outerjoin(Lead, _OF_LEAD)
        .outerjoin(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .outerjoin(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
        .outerjoin(
            SqueegeeCustomer,
            and_(
                SqueegeeCustomer.workspace_id == Discrepancy.workspace_id,
                SqueegeeCustomer.id == Discrepancy.customer_id,
            ),
        )
    )  # fmt: skip


def _made(rows: Sequence[Any]) -> list[Line]:
    others = _others(rows)
    return [
        Line(
            row.id, row.kind, row.score, tuple(row.reasons), row.created_at, _lead_side(row),
            _customer_side(row.SqueegeeCustomer), _customer_side(others.get(row.subject_key)),
        )
        for row in rows
    ]  # fmt: skip


def _others(rows: Sequence[Any]) -> dict[str, SqueegeeCustomer]:
    """The older customer of each duplicate, by the duplicate's key, in which its id stands."""
    ids = {row.subject_key: UUID(row.subject_key.split("/")[1]) for row in rows if row.kind == "duplicate"}
    if not ids:
        return {}
    table = SqueegeeCustomer
    found = {
        each.id: each
        for each in db.session.scalars(
            select(table).where(table.workspace_id == current_workspace_id(), table.id == one_among(ids.values()))
        )
    }
    return {key: found[each] for key, each in ids.items() if each in found}


def _lead_side(row: Any) -> LeadSide | None:
    if row.lead_id is None:
        return None
    seal = cipher()
    stage = next((each for each in known(Stage) if each.id == row.stage_id), None)
    parts = (seal.open(getattr(row, column), "properties", column, row.property_id) for column in _ADDRESS)
    return LeadSide(
        row.lead_id, row.number, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id) or "",
        ", ".join(part for part in parts if part),
        _written(seal.open(row.phone_sealed, "contacts", "phone_sealed", row.contact_id)),
        stage.name if stage else "", stage.key if stage else "",
        act_name(row.next_act, row.next_words_sealed, row.lead_id), row.asked_at,
    )  # fmt: skip


def _customer_side(customer: SqueegeeCustomer | None) -> CustomerSide | None:
    if customer is None:
        return None
    numbers = (_written(customer.mobile), _written(customer.phone))
    return CustomerSide(
        customer.ref or "", customer.name or "No name", customer.address or "",
        tuple(number for number in numbers if number), customer.added_on,
    )  # fmt: skip


def _written(number: str | None) -> str:
    """A number as people write it; what is none as it is."""
    phone = parse_phone(number)
    return format_national(phone.e164) if phone else number or ""
