"""The copy sheet: what to type into Squeegee, in the order in which its form asks."""

from dataclasses import dataclass
from uuid import UUID

from app.core.money import plain_amount
from app.core.phones import format_national
from app.leads.models import Lead
from app.leads.words import FREQUENCY_WORDS
from app.squeegee import mapping
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import facts_of, open_transfer

Field = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one lead: (id, label, value) for the customer and for the job; what is unknown is left out."""

    lead_id: UUID
    number: str
    name: str
    customer: list[Field]
    job: list[Field]
    lacks: dict[str, str]
    transfer: Transfer | None


def copy_sheet(lead: Lead) -> Sheet:
    """The sheet of a lead.

    Squeegee's form asks for job address, services, price, initial price, frequency, first date, round, notes; those
    that only Squeegee knows (round, time, assignee) are left out.
    """
    facts = facts_of(lead)
    first_price = facts.first_price_minor if facts.first_price_minor is not None else facts.price_minor
    customer = [
        ("name", "Name", facts.name),
        ("phone", "Phone", format_national(facts.phone) if facts.phone else ""),
        ("email", "Email", facts.email or ""),
        ("address", "Address", facts.address),
        ("reference", "Reference", facts.number),
    ]
    job = [
        ("job-address", "Job address", facts.address),
        ("services", "Services", ", ".join(facts.work)),
        ("price", "Price", plain_amount(facts.price_minor)),
        ("initial-price", "Initial price", plain_amount(first_price)),
        ("frequency", "Frequency", FREQUENCY_WORDS.get(facts.frequency or "", "")),
        ("notes", "Notes", "\n".join(part for part in (facts.access_notes.strip(), facts.wishes.strip()) if part)),
    ]
    return Sheet(
        lead_id=facts.id, number=facts.number, name=facts.name, customer=_known(customer), job=_known(job),
        lacks=mapping.missing(facts), transfer=open_transfer(lead.id),
    )  # fmt: skip


def _known(fields: list[Field]) -> list[Field]:
    return [field for field in fields if field[2]]
