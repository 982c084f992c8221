"""Making the leads of a piece, with their people and houses, by a few statements for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from app.activities.models import Activity
from app.contacts.models import Contact, Property
from app.core.many_rows import insert_all, insert_rows
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import
from app.imports.services.filling import fill_contact, fill_house, load_known
from app.imports.services.matching import Decision
from app.imports.services.setting import Setting
from app.imports.services.tags import hang_tags
from app.leads.models import Lead, SearchToken, StageChange
from app.leads.queries.stages import known_stages
from app.leads.services.creating import next_numbers
from app.leads.services.indexing import reindex_where, tokens_of
from app.workspaces.queries import current_workspace

_NOBODY = UUID(int=0)
_THERE = ("transferred_to_squeegee", "booking_confirmed")


@dataclass(frozen=True, slots=True)
class Made:
    """A lead that was made, not yet known to the session, with its first move."""

    decision: Decision
    lead: Lead
    change: StageChange
    contact: Contact
    place: Property


def make_leads(
    made: Import, setting: Setting, decided: Sequence[tuple[Decision, str]], actor: Actor
) -> list[Made]:
    """Write the leads of the rows that make one, and fill the blanks of people and houses that are known already.

    Nobody is notified, nothing is planned, and nothing is written to the customers: these are old enquiries.
    """
    taken = [decision for decision, outcome in decided if outcome in ("created", "joined")]
    created = [decision for decision, outcome in decided if outcome == "created"]
    contacts, new_contacts, gained = _contacts(taken)
    houses, new_houses = _houses(taken)
    numbers = _numbers(setting, len(created))
    leads = []
    for decision, number in zip(created, numbers, strict=True):
        assert decision.person is not None and decision.house_id is not None
        leads.append(
            _lead(made, setting, decision, number, contacts[decision.person.id], houses[decision.house_id], actor)
        )
    # Every writer takes the counters' locks in one order.
    leads.sort(key=lambda each: (each.lead.stage_id, each.lead.owner_id or _NOBODY))
    db.session.flush()
    insert_all(new_contacts)
    insert_all(new_houses)
    insert_all([each.lead for each in leads])
    insert_all([each.change for each in leads])
    insert_all([line for each in leads for line in _lines(made, each, actor)])
    _insert_tokens(leads)
    if gained:
        reindex_where(contact_ids=gained)
    hang_tags(made, setting, {each.lead.id: each.decision.row.facts.tags for each in leads}, actor)
    return leads


def _contacts(taken: Sequence[Decision]) -> tuple[dict[UUID, Contact], list[Contact], set[UUID]]:
    """Everybody in the piece by id, with what the rows add to them; those of them who are new; and the ids of those
    who were known and can be found by more now.
    """
    people = {decision.person.id: decision.person for decision in taken if decision.person}
    known = load_known(Contact, (person.id for person in people.values() if not person.is_new))
    keys = {contact.id: (contact.email_key, contact.phone_key) for contact in known.values()}
    new = []
    for decision in taken:
        person, facts = decision.person, decision.row.facts
        if person is None:
            continue
        contact = known.get(person.id)
        if contact is None:
            contact = Contact(id=person.id, name=facts.name, preferred_method=facts.method)
            known[person.id] = contact
            new.append(contact)
        fill_contact(decision, contact, was_known=not person.is_new)
    gained = {each for each, before in keys.items() if before != (known[each].email_key, known[each].phone_key)}
    return known, new, gained


def _houses(taken: Sequence[Decision]) -> tuple[dict[UUID, Property], list[Property]]:
    ids = [decision.house_id for decision in taken if decision.house_id]
    made_here = {decision.house_id for decision in taken if decision.makes_house}
    known = load_known(Property, (house_id for house_id in ids if house_id not in made_here))
    new = []
    for decision in taken:
        house_id, facts = decision.house_id, decision.row.facts
        if house_id is None:
            continue
        place = known.get(house_id)
        if place is None:
            place = Property(
                id=house_id, address_line2=facts.line2 or None, town=facts.town or None,
            )  # fmt: skip
            place.set_place(facts.line1, facts.postcode)
            known[house_id] = place
            new.append(place)
        fill_house(decision, place, was_known=house_id not in made_here)
    return known, new


def _numbers(setting: Setting, how_many: int) -> list[str]:
    if not how_many:
        return []
    workspace = current_workspace()
    year = setting.now.astimezone(ZoneInfo(workspace.time_zone)).year
    return next_numbers(workspace.lead_number_prefix, workspace.lead_number_year, year, how_many)


def _lead(
    made: Import, setting: Setting, decision: Decision, number: str, contact: Contact, place: Property, actor: Actor
) -> Made:
    facts = decision.row.facts
    came, entered = facts.created_at or setting.now, facts.changed_at or setting.now
    details = {"import_id": str(made.id), **({"reference": facts.reference} if facts.reference else {})}
    key = setting.stages.get(facts.stage_id) if facts.stage_id else None
    lead = Lead(
        id=decision.lead_id, number=number, contact_id=contact.id, property_id=place.id, stage_id=facts.stage_id,
        stage_entered_at=entered, rank=-int(came.timestamp() * 1e9), owner_id=facts.owner_id, priority=facts.priority,
        source_id=facts.source_id, source_details=details, district=place.district, sector=place.sector,
        property_type=facts.property_type or place.property_type, bedrooms=facts.bedrooms or place.bedrooms,
        service=facts.service, extras=list(facts.extras), wishes=facts.wishes or None, preferred_time=facts.time,
        first_price_minor=facts.first_price_minor, currency=setting.currency, created_by=actor.user_id,
        created_at=came, last_activity_at=setting.now, updated_at=setting.now,
        squeegee_customer_id=facts.squeegee_ref or None, transferred_at=entered if key in _THERE else None,
        booking_confirmed_at=entered if key == "booking_confirmed" else None,
    )  # fmt: skip
    lead.set_price(facts.price_minor, facts.frequency)
    if facts.stage_id != setting.stages_by_key.get("new"):
        lead.first_contact_at = entered  # somebody has dealt with it; how long that took nobody knows
    change = StageChange(
        lead_id=lead.id, to_stage_id=lead.stage_id, to_name=_stage_names()[lead.stage_id], actor_kind=actor.kind,
        actor_id=actor.user_id, at=entered,
    )  # fmt: skip
    return Made(decision, lead, change, contact, place)


def _stage_names() -> dict[UUID, str]:
    return {stage.id: stage.name for stage in known_stages()}


def _lines(made: Import, each: Made, actor: Actor) -> list[Activity]:
    """The timeline of a new lead: that it was brought in, and what was noted about it."""
    lead, row = each.lead, each.decision.row
    told = {"import_id": str(made.id), "row": row.position}
    data = {**told, "number": lead.number, "stage_id": str(lead.stage_id), "stage_change_id": str(each.change.id)}
    lines = [_line(lead, "lead_created", "lead.created", actor, data)]
    if row.facts.notes:
        note = _line(lead, "note", "note.added", actor, told)
        note.body, note.note_type = row.facts.notes, "general"
        lines.append(note)
    return lines


def _line(lead: Lead, kind: str, event: str, actor: Actor, data: dict) -> Activity:
    return Activity(
        lead_id=lead.id, kind=kind, event=event, at=lead.created_at, actor_kind=actor.kind, actor_id=actor.user_id,
        data=data, is_customer_visible=False,
    )  # fmt: skip


def _insert_tokens(leads: Sequence[Made]) -> None:
    here = current_workspace_id()
    rows = []
    for each in leads:
        tokens = tokens_of(each.contact, each.place, each.lead.number, each.decision.row.facts.reference or None)
        rows += [{"workspace_id": here, "token": token, "lead_id": each.lead.id} for token in tokens]
    insert_rows(SearchToken.__table__, rows)
