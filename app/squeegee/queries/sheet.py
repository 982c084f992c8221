"""The copy sheet: what to type into Squeegee, in the order in which its form asks."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Contact, Property
from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.stages import known_stages
from app.quotes.queries.agreement import Agreement, agreement_of
from app.reconciliation.queries.possible import PossibleCustomer, possible_customers
from app.squeegee.mapping import FILE_FACTS, NEEDS, LeadFacts, missing, uses
from app.squeegee.models import SqueegeeAccount, Transfer
from app.squeegee.queries.account import get_account
from app.squeegee.queries.first_dates import Proposal, first_dates
from app.squeegee.queries.naming import named
from app.squeegee.queries.reading import READY, TAKEN, agreed_with
from app.squeegee.queries.ready import next_to_copy
from app.workspaces.queries import current_workspace

#: What Squeegee's form for a customer asks, then what that for a job asks: its words there and the fact of the mapping.
CUSTOMER = (
    ("Title", "title"), ("First name", "first_name"), ("Last name", "last_name"), ("Phone", "phone"),
    ("Mobile", "mobile"), ("Email", "email"), ("Address", "address"), ("Reference", "reference"),
)  # fmt: skip
JOB = (
    ("Job address", "address"), ("Services", "services"), ("Price", "price"), ("Initial price", "initial_price"),
    ("Charged once", "once"), ("Frequency", "frequency"), ("First date", "first_date"), ("Time", "preferred_time"),
    ("Round", "round"), ("Tags", "tags"), ("Notes", "notes"),
)  # fmt: skip
#: The need that a blank field stands for, and the face whose form fills it in.
_NEEDED = {
    "last_name": ("name", "name"), "price": ("price", "offer"), "initial_price": ("price", "offer"),
    "frequency": ("frequency", "offer"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form there. `key` is its own on the sheet; a blank `value` is one that Squeegee needs and the
    lead lacks (`lacks`, in words), filled in by the form of `face`.
    """

    key: str
    label: str
    value: str
    lacks: str = ""
    face: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one lead. What is unknown and not needed is left out.

    `first`: the day that the sheet names, and why that one. `twins`: customers of Squeegee's last export that it may
    be. `transfer`: the one that stands already. `customer_id`: the customer that an earlier hand-over made. `next_id`:
    whose sheet comes next in the queue, with `next_name`.
    """

    lead_id: UUID
    number: str
    name: str
    customer: list[Field]
    job: list[Field]
    lacks: dict[str, str]
    first: Proposal
    twins: list[PossibleCustomer]
    transfer: Transfer | None
    is_ready: bool
    customer_id: str | None = None
    next_id: UUID | None = None
    next_name: str = ""

    @property
    def handed(self) -> list[tuple[str, str]]:
        """What it says, as (label, value)."""
        return [(field.label, field.value) for field in (*self.customer, *self.job) if field.value]

    @property
    def seen(self) -> str:
        """What it says, as marks from which `changed_since` can tell what was another when it was looked at."""
        return ",".join(f"{field.key}:{_mark(field.value)}" for field in (*self.customer, *self.job))

    def changed_since(self, seen: str) -> list[str]:
        """The labels of the fields that are not what they were on the sheet whose `seen` this is."""
        before = dict(part.split(":", 1) for part in seen.split(",") if ":" in part)
        now = {field.key: field for field in (*self.customer, *self.job)}
        changed = [field.label for key, field in now.items() if before.get(key) != _mark(field.value)]
        gone = [label for place, label, fact in _every() if (key := f"{place}-{fact}") in before and key not in now]
        return changed + gone


def copy_sheet(lead_id: UUID) -> Sheet:
    """The sheet of a lead. Raises NotFound."""
    row = db.session.execute(
        select(Lead, Contact, Property, Transfer, *agreement_of(Lead.workspace_id, Lead.id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .outerjoin(
            Transfer,
            (Transfer.workspace_id == Lead.workspace_id) & (Transfer.lead_id == Lead.id) & Transfer.state.in_(TAKEN),
        )
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == lead_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    lead, contact, place, transfer, *parts = row
    agreement = Agreement.read(parts)
    facts, account = agreed_with(LeadFacts.of(lead, contact, place), agreement), get_account()
    if uses(account, "owner", "source"):
        [facts] = named([facts])
    first = first_dates([facts], {facts.id: agreement})[facts.id]
    facts = replace(facts, first_date=facts.first_date or first.day)
    lacks = missing(facts)
    following = next_to_copy(lead) if transfer is None else None
    return Sheet(
        lead_id=lead.id, number=facts.number, name=facts.name, customer=_fields("customer", facts, account, lacks),
        job=_fields("job", facts, account, lacks), lacks=lacks, first=first,
        twins=possible_customers([facts]).get(facts.id, []) if transfer is None else [], transfer=transfer,
        is_ready=any(stage.id == lead.stage_id and stage.key == READY for stage in known_stages()),
        customer_id=lead.squeegee_customer_id,
        next_id=following[0].id if following else None, next_name=following[1] if following else "",
    )  # fmt: skip


def _fields(place: str, facts: LeadFacts, account: SqueegeeAccount, lacks: dict[str, str]) -> list[Field]:
    zone = current_workspace().clock().zone
    found = []
    for label, fact in CUSTOMER if place == "customer" else JOB:
        value = FILE_FACTS[fact].value(facts, account, zone)
        if fact == "first_date":
            value = f"{facts.first_date:%d/%m/%Y}" if facts.first_date else ""
        need, face = _NEEDED.get(fact, ("", ""))
        if fact == "address":
            need, face = next((each for each in ("address_line1", "postcode") if each in lacks), ""), "place"
        if value or need in lacks:
            found.append(Field(f"{place}-{fact}", label, value, NEEDS[need] if need in lacks else "", face))
    return found


def _every() -> list[tuple[str, str, str]]:
    return [
        (place, label, fact) for place, fields in (("customer", CUSTOMER), ("job", JOB)) for label, fact in fields
    ]


def _mark(value: str) -> str:
    return hashlib.blake2s(value.encode(), digest_size=6).hexdigest()
