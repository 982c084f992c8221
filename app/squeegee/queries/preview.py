"""What would become of a lead with settings that are kept, or only typed so far."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Contact, Property
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.quotes.queries.agreement import Agreement, agreement_of
from app.squeegee.adapters.api_v3 import ApiV3
from app.squeegee.adapters.wire import Wire
from app.squeegee.mapping import FILE_FACTS, Account, LeadFacts, columns_of, customer_card, file_row, job_card
from app.squeegee.mapping import missing_for_api as missing
from app.squeegee.queries.naming import named
from app.squeegee.queries.reading import READY, agreed_with, suggested_first_date
from app.squeegee.queries.sheet import CUSTOMER, JOB
from app.workspaces.queries import current_workspace

MOST_OFFERED = 12
#: Shown while nobody is ready, and to see everything at once. Nobody's: numbers of Ofcom's, a house that is none.
EXAMPLE = LeadFacts(
    id=UUID(int=0), number="2026-0000", name="Mrs Olive Penrose", email="olive.penrose@example.com",
    phone="+447700900123", line1="4 Mill Lane", address="4 Mill Lane, Wells, BA5 2QJ", town="Wells",
    postcode="BA5 2QJ", district="BA5", service="window_cleaning", extras=("conservatory_roof", "velux"),
    frequency="8_weekly", price_minor=2400, first_price_minor=4000, wishes="Please text the night before.",
    access_notes="Locked gate\nThe key hangs in the porch.", source_id=UUID(int=0),
    created_at=datetime(2026, 11, 16, 9, 30, tzinfo=UTC), sector="BA5 2", property_type="semi", bedrooms="3",
    preferred_time="morning", preferred_method="sms", source="Website form", owner="Alice Smith",
    once=(("Clear all gutters", 8000),), visit_day=date(2026, 12, 8), visit_hours="09:00 to 11:00",
    visit="Tuesday 8 December, 09:00 to 11:00",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, copied and written. `lacks` says in words why nothing can be sent; the rest stands anyway."""

    chosen: str
    lacks: Sequence[str]
    customer: str
    job: str
    copied: list[tuple[str, str]]
    row: list[tuple[str, str]]


def offered_leads() -> list[LeadFacts]:
    """The leads that can be looked at: the first that are ready, as far as the viewer sees them, and the example."""
    here = current_workspace_id()
    rows = db.session.execute(
        select(Lead, Contact, Property, *agreement_of(Lead.workspace_id, Lead.id))
        .join(Stage, (Stage.workspace_id == Lead.workspace_id) & (Stage.id == Lead.stage_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(Lead.workspace_id == here, Lead.shelf == fixed("desk"), Stage.key == READY)
        .order_by(Lead.rank, Lead.id)
        .limit(MOST_OFFERED)
    )
    found = [agreed_with(LeadFacts.of(*row[:3]), Agreement.read(row[3:])) for row in rows]
    return [*named(found), EXAMPLE]


def preview(facts: LeadFacts, account: Account, wire: Wire) -> Preview:
    """What would become of one lead."""
    first_date: date = facts.first_date or suggested_first_date()
    facts, zone = replace(facts, first_date=first_date), current_workspace().clock().zone
    port, columns = ApiV3("", "", wire), columns_of(account)
    return Preview(
        chosen=str(facts.id),
        lacks=list(missing(facts, account).values()),
        customer=_json(port.create_customer(customer_card(facts)).body),
        job=_json(port.create_job("…", job_card(facts, account, first_date)).body),
        copied=[(label, FILE_FACTS[fact].value(facts, account, zone)) for label, fact in (*CUSTOMER, *JOB)],
        row=list(zip((column.title for column in columns), file_row(facts, account, columns, zone), strict=True)),
    )


def _json(body: object) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)
