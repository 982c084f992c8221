"""Making a lead of an enquiry."""

from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.activities.services import record_activity
from app.contacts.models import ACCESS_FACTS, Consent, Contact, Property
from app.contacts.services import House, Person, join
from app.core import email_addresses, phones, postcodes
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead, LeadSource, Stage, StageChange
from app.leads.services.assigning import choose_owner, tell_assignment
from app.leads.services.indexing import index_lead, reindex_where
from app.leads.services.ranking import top_rank
from app.leads.services.reading import stage_by_key
from app.workspaces.queries import current_workspace

#: As long as access notes may be that are typed on the desk.
LONGEST_NOTES = 2_000


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What a person agreed to (or did not), in the words they saw."""

    channel: str
    purpose: str
    granted: bool
    wording: str


@dataclass(slots=True)
class LeadDraft:
    """An enquiry as it came in. Texts are as typed; `create_lead` checks and normalises them."""

    name: str
    email: str | None = None
    phone: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    town: str | None = None
    postcode: str | None = None
    property_type: str | None = None
    bedrooms: str | None = None
    access_notes: str | None = None
    access_facts: list[str] = field(default_factory=list)
    service: str = "window_cleaning"
    frequency: str | None = None
    extras: list[str] = field(default_factory=list)
    wishes: str | None = None
    answers: str | None = None  # to the workspace's own questions, as Lead.answers keeps them
    preferred_method: str = "any"
    preferred_time: str | None = None
    source_key: str = "website_form"
    source_id: UUID | None = None  # spares the look-up where the caller knows it
    source_details: dict = field(default_factory=dict)
    referrer: str | None = None
    landing_page: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    address: str | None = None
    device: str | None = None
    form_seconds: int | None = None
    consents: list[ConsentGiven] = field(default_factory=list)
    owner_id: UUID | None = None
    price_minor: int | None = None
    first_price_minor: int | None = None
    told: dict = field(default_factory=dict)  # the price that the form showed and its workings, for the timeline
    priority: str = "normal"
    stage_key: str = "new"
    id: UUID | None = None  # of the lead to be, for a row that has named it already
    is_strangers: bool = False  # typed by somebody unknown, also where one of us lets it in


def create_lead(draft: LeadDraft, actor: Actor) -> Lead:
    """Make a lead: join or make contact and property, number it, index it, plan what follows.

    Without an owner it is given to whoever is next (services/assigning.py). Raises Invalid naming each field that
    can't be taken. The lead's number comes from a counter row that stays locked until the commit: no gaps, no doubles.
    """
    errors, (phone, email, postcode) = _read(draft)
    if errors:
        raise Invalid(errors)
    with seeing_all():  # a contact may be on a colleague's lead
        is_vouched = actor.kind != "customer" and not draft.is_strangers
        contact, place, has_gained = join(
            Person(draft.name.strip(), email, phone, draft.phone, draft.preferred_method),
            House(draft.address_line1, draft.address_line2, draft.town, postcode),
            is_vouched=is_vouched,
        )
        _keep_house_facts(place, draft, is_vouched)
        stage = stage_by_key(draft.stage_key)
        lead = _lead(draft, contact, place, stage, actor)
        assignment = None
        if lead.owner_id is None and not stage.is_final:
            assignment = choose_owner(current_workspace(), lead.district)
            lead.owner_id = assignment.user_id if assignment else None
        db.session.add(lead)
        db.session.flush()
        if has_gained:  # their other leads are found by it as well, and this one with them
            reindex_where(contact_ids=[contact.id])
        else:
            index_lead(lead, contact, place)
        _keep_consents(contact, draft)
        _tell(lead, stage, draft, actor)
        if assignment:
            tell_assignment(lead, assignment)
    return lead


def faults_of(draft: LeadDraft) -> dict[str, str]:
    """What `create_lead` would refuse, by field, for who has more to say about the same form."""
    return _read(draft)[0]


def _read(
    draft: LeadDraft,
) -> tuple[dict[str, str], tuple[phones.Phone | None, str | None, postcodes.Postcode | None]]:
    errors = {}
    if not draft.name.strip():
        errors["name"] = "Enter a name."
    phone = phones.parse(draft.phone) if draft.phone else None
    if draft.phone and phone is None:
        errors["phone"] = "Enter a phone number, like 01749 960123 or 07700 900123."
    email = email_addresses.parse(draft.email) if draft.email else None
    if draft.email and email is None:
        errors["email"] = "Enter an email address, like name@example.com."
    postcode = postcodes.parse_outward_or_full(draft.postcode) if draft.postcode else None
    if draft.postcode and postcode is None:
        errors["postcode"] = "Enter a postcode, like BA5 2QJ, or its first half, like BA5."
    return errors, (phone, email, postcode)


def _keep_house_facts(place: Property, draft: LeadDraft, is_vouched: bool) -> None:
    """Keep what was said about the house.

    A stranger's words are added to what we know of it, never put in its place: anyone can write a neighbour's address
    into a public form.
    """
    known = place.access_notes or ""
    if draft.access_facts:
        known_facts = {*(place.access_facts or ()), *draft.access_facts}
        place.access_facts = [each for each in ACCESS_FACTS if each in known_facts]
    if is_vouched:
        place.property_type = draft.property_type or place.property_type
        place.bedrooms = _bedrooms(place.property_type, draft.bedrooms or place.bedrooms)
        place.access_notes = draft.access_notes or place.access_notes
        return
    place.property_type = place.property_type or draft.property_type
    place.bedrooms = _bedrooms(place.property_type, place.bedrooms or draft.bedrooms)
    both = "\n".join(filter(None, (known, draft.access_notes)))
    if draft.access_notes and draft.access_notes not in known and len(both) <= LONGEST_NOTES:
        place.access_notes = both


def _bedrooms(property_type: str | None, known: str | None) -> str | None:
    """A business has no bedrooms, also where a house stood at that address before."""
    return None if property_type == "commercial" else known


def _lead(draft: LeadDraft, contact: Contact, place: Property, stage: Stage, actor: Actor) -> Lead:
    workspace = current_workspace()
    now = utcnow()
    property_type = draft.property_type or place.property_type
    lead = Lead(
        id=draft.id, contact_id=contact.id, property_id=place.id, stage_id=stage.id, stage_entered_at=now,
        rank=top_rank(), owner_id=draft.owner_id, priority=draft.priority,
        source_id=draft.source_id or _source_id(draft.source_key),
        source_details=draft.source_details, referrer=_cut(draft.referrer), landing_page=_cut(draft.landing_page),
        utm_source=_cut(draft.utm_source), utm_medium=_cut(draft.utm_medium), utm_campaign=_cut(draft.utm_campaign),
        address=draft.address, device=_cut(draft.device), form_seconds=draft.form_seconds, district=place.district,
        sector=place.sector, property_type=property_type,
        bedrooms=_bedrooms(property_type, draft.bedrooms or place.bedrooms), service=draft.service, extras=draft.extras,
        wishes=draft.wishes or None, answers=draft.answers, preferred_time=draft.preferred_time,
        first_price_minor=draft.first_price_minor, currency=workspace.currency, created_by=actor.user_id,
        created_at=now, last_activity_at=now,
    )  # fmt: skip
    lead.set_price(draft.price_minor, draft.frequency)
    year = now.astimezone(ZoneInfo(workspace.time_zone)).year
    lead.number = next_number(workspace.lead_number_prefix, workspace.lead_number_year, year)
    return lead


_NEXT = text(
    "insert into lead_number_counters as c (workspace_id, year, last) values (:workspace, :year, :count)"
    " on conflict (workspace_id, year) do update set last = c.last + :count returning last"
)


def next_number(prefix: str, year_format: str, year: int) -> str:
    """The next lead number of the workspace and year, such as SWC-2026-001."""
    return next_numbers(prefix, year_format, year, 1)[0]


def next_numbers(prefix: str, year_format: str, year: int, count: int) -> list[str]:
    """The next `count` lead numbers (one or more), by one statement."""
    given = {"workspace": current_workspace_id(), "year": year, "count": count}
    last = db.session.execute(_NEXT, given).scalar_one()
    shown = str(year) if year_format == "YYYY" else f"{year % 100:02d}"
    return [f"{prefix}-{shown}-{number:03d}" for number in range(last - count + 1, last + 1)]


def _source_id(key: str) -> UUID:
    found = next((source.id for source in known(LeadSource) if source.key == key), None)
    if found is None:
        raise Invalid({"source": "Choose where this enquiry came from."})
    return found


def _keep_consents(contact: Contact, draft: LeadDraft) -> None:
    for given in draft.consents:
        db.session.add(
            Consent(
                contact_id=contact.id, channel=given.channel, purpose=given.purpose, granted=given.granted,
                wording=given.wording, source=draft.source_key,
            )
        )  # fmt: skip


def _tell(lead: Lead, stage: Stage, draft: LeadDraft, actor: Actor) -> None:
    change = StageChange(
        lead_id=lead.id, to_stage_id=stage.id, to_name=stage.name, actor_kind=actor.kind, actor_id=actor.user_id,
        at=lead.created_at,
    )  # fmt: skip
    db.session.add(change)
    record_activity(
        lead, "lead_created", "lead.created", actor, at=lead.created_at,
        data={"number": lead.number, "source": draft.source_key, "stage_id": str(stage.id),
              "stage_change_id": str(change.id), **({"told": draft.told} if draft.told else {})},
        topics=("board",),
    )  # fmt: skip


def _cut(text_: str | None) -> str | None:
    return text_[:500] if text_ else None
