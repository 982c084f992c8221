"""What of a lead concerns Squeegee."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.contacts.models import Contact, Property
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES, Lead
from app.leads.words import EXTRA_WORDS, SERVICE_WORDS, TIME_WORDS, access_words

#: An extra that is the same work as a service of ours has no Squeegee service of its own.
_SAME_WORK = {"gutters": "gutter_clearing", "fascia": "fascia_soffit", "solar": "solar_panels"}
#: Everything that can have a service id in Squeegee, with its words, in the order of the settings page.
SERVICE_CODES = {
    **{service: SERVICE_WORDS[service] for service in SERVICES},
    **{extra: EXTRA_WORDS[extra] for extra in EXTRAS if extra not in (*_SAME_WORK, *SERVICES)},
}


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What of a lead concerns Squeegee, opened. Money in minor units; `phone` in E.164; `postcode` as far as known.

    `source` and `owner` are names, blank until `queries.named` has filled them in: only tags, notes and files tell
    them. `first_date` is the day that is set for the first clean, if any. `once` is (words, minor) of what is charged
    once beside the price, as `queries.agreed_with` fills it in; `extras` are then those of every visit. `visit_day`,
    `visit_hours` ("09:00 to 11:00") and `visit` (both, in words) are those of the first clean that the customer chose.
    """

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
    sector: str | None = None
    line2: str = ""
    property_type: str | None = None
    bedrooms: str | None = None
    preferred_time: str | None = None
    preferred_method: str | None = None
    owner_id: UUID | None = None
    source: str = ""
    owner: str = ""
    first_date: date | None = None
    once: tuple[tuple[str, int], ...] = ()
    visit_day: date | None = None
    visit_hours: str = ""
    visit: str = ""

    @classmethod
    def of(cls, lead: Lead, contact: Contact, place: Property) -> "LeadFacts":
        """Open the facts of a lead with its contact and property."""
        return cls(
            id=lead.id, number=lead.number, name=contact.name.strip(), email=contact.email, phone=contact.phone,
            line1=place.address_line1 or "", address=place.address, town=place.town or "",
            postcode=place.postcode or "", district=place.district, service=lead.service, extras=tuple(lead.extras),
            frequency=lead.frequency, price_minor=lead.price_minor, first_price_minor=lead.first_price_minor,
            wishes=lead.wishes or "", access_notes=access_words(place.access_facts, place.access_notes),
            source_id=lead.source_id, created_at=lead.created_at, sector=place.sector,
            line2=place.address_line2 or "", property_type=lead.property_type, bedrooms=lead.bedrooms,
            preferred_time=lead.preferred_time, preferred_method=contact.preferred_method, owner_id=lead.owner_id,
            first_date=lead.first_service_date,
        )  # fmt: skip

    @property
    def weeks(self) -> int | None:
        """Our weeks between visits, None for a single one (or while it is not known)."""
        return FREQUENCIES.get(self.frequency or "")

    @property
    def work(self) -> list[str]:
        """Service and extras in words."""
        return [SERVICE_WORDS.get(self.service, self.service), *self.more_work]

    @property
    def more_work(self) -> list[str]:
        """The extras in words, without one that is the service itself."""
        return [EXTRA_WORDS.get(extra, extra) for extra in self.extras if code_of(extra) != self.service]

    @property
    def codes(self) -> list[str]:
        """The codes of service and extras, under which they have ids in Squeegee; each once, the service first."""
        return list(dict.fromkeys([self.service, *(code_of(extra) for extra in self.extras)]))

    @property
    def time(self) -> str:
        """At what time the first clean is: as agreed, unless another day is set for it, else as they would like it."""
        agreed = self.visit_hours if self.first_date in (None, self.visit_day) else ""
        return agreed or TIME_WORDS.get(self.preferred_time or "", "")

    @property
    def first_price(self) -> int | None:
        """What the first clean costs: the price where no other is set."""
        return self.first_price_minor if self.first_price_minor is not None else self.price_minor


def code_of(extra: str) -> str:
    """The code under which an extra has its Squeegee service id."""
    return _SAME_WORK.get(extra, extra)
