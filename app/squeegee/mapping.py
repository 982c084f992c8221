"""From a lead to what Squeegee takes: the facts, what is missing of them, the customer's and the job's card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.contacts.models import Contact, Property
from app.core import postcodes
from app.core.money import format_money
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES, Lead
from app.leads.words import EXTRA_WORDS, SERVICE_WORDS, access_words
from app.squeegee.ports import CustomerCard, JobCard

#: An extra that is the same work as a service of ours has no Squeegee service of its own.
_SAME_WORK = {"gutters": "gutter_clearing", "fascia": "fascia_soffit", "solar": "solar_panels"}
#: Everything that can have a service id in Squeegee, with its words, in the order of the settings page.
SERVICE_CODES = {
    **{service: SERVICE_WORDS[service] for service in SERVICES},
    **{extra: EXTRA_WORDS[extra] for extra in EXTRAS if extra not in (*_SAME_WORK, *SERVICES)},
}
#: What Squeegee can't do without: the lead's fact and what to say. The names are those of the lead's own facts.
NEEDS = {
    "name": "the name",
    "address_line1": "the house and street",
    "postcode": "the whole postcode",
    "price": "the price a visit",
    "frequency": "how often",
}


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What of a lead concerns Squeegee, opened. Money in minor units; `phone` in E.164; `postcode` as far as known."""

    id: UUID
    number: str
    name: str
    email: str | None
    phone: str | None
    line1: str
    address: str
    town: str
    postcode: str
    district: str | None
    service: str
    extras: tuple[str, ...]
    frequency: str | None
    price_minor: int | None
    first_price_minor: int | None
    wishes: str
    access_notes: str
    source_id: UUID
    created_at: datetime

    @classmethod
    def of(cls, lead: Lead, contact: Contact, place: Property) -> "LeadFacts":
        """Open the facts of a lead with its contact and property."""
        return cls(
            id=lead.id, number=lead.number, name=contact.name.strip(), email=contact.email, phone=contact.phone,
            line1=place.address_line1 or "", address=place.address, town=place.town or "",
            postcode=place.postcode or "", district=place.district, service=lead.service, extras=tuple(lead.extras),
            frequency=lead.frequency, price_minor=lead.price_minor, first_price_minor=lead.first_price_minor,
            wishes=lead.wishes or "", access_notes=access_words(place.access_facts, place.access_notes),
            source_id=lead.source_id, created_at=lead.created_at,
        )  # fmt: skip

    @property
    def weeks(self) -> int | None:
        """Weeks between visits, None for a single one (or while it is not known)."""
        return FREQUENCIES.get(self.frequency or "")

    @property
    def work(self) -> list[str]:
        """Service and extras in words."""
        extras = [EXTRA_WORDS.get(extra, extra) for extra in self.extras if code_of(extra) != self.service]
        return [SERVICE_WORDS.get(self.service, self.service), *extras]


def code_of(extra: str) -> str:
    """The code under which an extra has its Squeegee service id."""
    return _SAME_WORK.get(extra, extra)


def missing(facts: LeadFacts) -> dict[str, str]:
    """What the lead lacks for any way into Squeegee: fact -> words. Empty when it is complete."""
    postcode = postcodes.parse(facts.postcode)
    known = {
        "name": bool(facts.name), "address_line1": bool(facts.line1.strip()), "postcode": postcode is not None,
        "price": facts.price_minor is not None, "frequency": facts.frequency in FREQUENCIES,
    }  # fmt: skip
    return {fact: words for fact, words in NEEDS.items() if not known[fact]}


def missing_for_api(facts: LeadFacts, service_ids: Mapping[str, str]) -> dict[str, str]:
    """What is lacking for the API besides: the service's id."""
    lacking = missing(facts)
    if not service_ids.get(facts.service):
        lacking["service"] = f"the Squeegee service for {SERVICE_WORDS.get(facts.service, facts.service).lower()}"
    return lacking


def customer_card(facts: LeadFacts) -> CustomerCard:
    """The customer. The lead's number goes out as the reference, by which a person finds it again."""
    return CustomerCard(
        name=facts.name, address=facts.address, reference=facts.number, email=facts.email, phone=facts.phone
    )


def job_card(facts: LeadFacts, service_ids: Mapping[str, str], first_date: date) -> JobCard:
    """The job, from a lead that `missing_for_api` calls complete. Extras without an id go into the notes."""
    codes = dict.fromkeys([facts.service, *(code_of(extra) for extra in facts.extras)])
    pence = facts.price_minor or 0
    return JobCard(
        first_date=first_date,
        service_ids=tuple(service_ids[code] for code in codes if service_ids.get(code)),
        price=pence // 100 if pence % 100 == 0 else pence / 100,
        weeks=facts.weeks,
        notes=notes(facts, [code for code in codes if not service_ids.get(code)]),
        tags=(facts.district,) if facts.district else (),
    )


def notes(facts: LeadFacts, without_id: list[str]) -> str:
    """What the crew must read: work that has no service of its own, the first clean's price, access, wishes."""
    lines = []
    if without_id:
        lines.append("Also: " + ", ".join(SERVICE_CODES.get(code, code).lower() for code in without_id) + ".")
    if facts.first_price_minor is not None and facts.first_price_minor != facts.price_minor:
        lines.append(f"First clean {format_money(facts.first_price_minor)}.")
    lines += [text.strip() for text in (facts.access_notes, facts.wishes) if text.strip()]
    return "\n".join(lines)
