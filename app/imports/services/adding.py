"""What rows say of leads that are there already: it stands on the lead as a note, since a lead's facts are people's.

Only what the lead does not say yet is noted. The note names its import and row, so that undoing finds it again, with
the tags that it hung.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, delete, select, tuple_

from app.activities.models import Activity
from app.activities.services.notes import LONGEST_NOTE
from app.contacts.models import Contact, Property
from app.core.many_rows import insert_all
from app.core.models import one_among
from app.core.money import format_money
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import
from app.imports.services.matching import Decision
from app.imports.services.setting import Setting
from app.imports.services.tags import hang_tags
from app.leads.models import Lead, LeadTag
from app.leads.queries.stages import known_stages
from app.leads.words import EXTRA_WORDS, SERVICE_WORDS, TIME_WORDS, often


def add_to_leads(made: Import, setting: Setting, joined: Sequence[Decision], actor: Actor) -> None:
    """Note on the leads of these rows what they do not say yet, and hang the rows' tags on them.

    Nobody is told, and neither version nor last activity of a lead changes: old rows are no work with it.
    """
    leads = _leads(each.lead_id for each in joined if each.lead_id)
    wanted: dict[UUID, tuple[str, ...]] = {}
    for each in joined:
        if each.lead_id in leads:
            wanted[each.lead_id] = (*wanted.get(each.lead_id, ()), *each.row.facts.tags)
    hung, noted = hang_tags(made, setting, wanted, actor), _noted(wanted)
    lines = []
    for each in joined:
        if each.lead_id not in leads:
            continue
        lead, contact, place = leads[each.lead_id]
        news = [words for words in _news(setting, each, lead, contact, place) if f"\n{words}\n" not in noted[lead.id]]
        tags = hung.pop(lead.id, {})
        if tags:
            news.append(f"Tags: {', '.join(tags.values())}")
        if news:
            noted[lead.id] += "".join(f"{words}\n" for words in news)
            lines.append(_note(made, setting, each, actor, news, tags))
    insert_all(lines)


def take_back(made: Import, rows: Iterable[tuple[UUID, int]]) -> None:
    """Remove what rows (lead and position) have noted on leads that were there, and the tags they hung."""
    keys = [(lead_id, str(position)) for lead_id, position in rows]
    if not keys:
        return
    found = (
        Activity.workspace_id == made.workspace_id, Activity.kind == "note",
        Activity.data["import_id"].astext == str(made.id),
        tuple_(Activity.lead_id, Activity.data["row"].astext).in_(keys),
    )  # fmt: skip
    hung = db.session.execute(select(Activity.lead_id, Activity.data["tags"]).where(*found)).all()
    tags = [(lead_id, UUID(tag_id)) for lead_id, tag_ids in hung for tag_id in tag_ids or ()]
    db.session.execute(
        delete(LeadTag).where(
            LeadTag.workspace_id == made.workspace_id, tuple_(LeadTag.lead_id, LeadTag.tag_id).in_(tags)
        )
    )
    db.session.execute(delete(Activity).where(*found).execution_options(synchronize_session=False))


def _note(
    made: Import, setting: Setting, each: Decision, actor: Actor, news: Sequence[str], tags: Mapping[UUID, str]
) -> Activity:
    line = Activity(
        lead_id=each.lead_id, kind="note", event="note.added", at=setting.now, actor_kind=actor.kind,
        actor_id=actor.user_id, note_type="general", is_customer_visible=False,
        data={"import_id": str(made.id), "row": each.row.position, "tags": [str(tag_id) for tag_id in tags]},
    )  # fmt: skip
    line.body = "\n".join((f"From a file, row {each.row.position}", *news))[:LONGEST_NOTE]
    return line


def _news(setting: Setting, each: Decision, lead: Lead, contact: Contact, place: Property) -> Iterator[str]:
    """What the row says that is not so on the lead, a line each."""
    facts, keys = each.row.facts, each.row.keys
    yield from filter(None, (facts.notes, _unless_in(facts.wishes, lead.wishes)))
    yield from _work(setting, each, lead)
    if setting.has("stage") and facts.stage_id != lead.stage_id:
        yield f"Stage: {next((stage.name for stage in known_stages() if stage.id == facts.stage_id), '')}"
    if facts.email and keys.email != contact.email_key:
        yield f"Email: {facts.email}"
    if facts.phone and keys.phone != contact.phone_key:
        yield f"Phone: {facts.phone_as_given or facts.phone.national}"
    if keys.place and keys.place != place.place_key and facts.postcode:
        parts = (facts.line1, facts.line2, facts.town, facts.postcode.text)
        yield f"Address: {', '.join(filter(None, parts))}"
    if access := _unless_in(facts.access, place.access_notes):
        yield f"Access: {access}"
    if facts.time and facts.time != lead.preferred_time:
        yield f"When to reach them: {TIME_WORDS[facts.time]}"
    known = {lead.number, str(lead.source_details.get("reference", "")).upper()}
    if facts.reference and facts.reference.upper() not in known:
        yield f"Reference: {facts.reference}"


def _work(setting: Setting, each: Decision, lead: Lead) -> Iterator[str]:
    facts = each.row.facts
    guessed = any(problem["code"] == "frequency_blank" for problem in facts.problems)
    rhythm = None if guessed else facts.frequency
    if facts.price_minor is not None and (facts.price_minor, rhythm or lead.frequency) != (
        lead.price_minor, lead.frequency,
    ):  # fmt: skip
        yield f"Price: {' '.join(filter(None, (format_money(facts.price_minor, setting.currency), often(rhythm))))}"
    elif rhythm and rhythm != lead.frequency:
        yield f"How often: {often(rhythm)}"
    if facts.first_price_minor is not None and facts.first_price_minor != lead.first_price_minor:
        yield f"First clean: {format_money(facts.first_price_minor, setting.currency)}"
    differs = facts.service != lead.service or set(facts.extras) - set(lead.extras)
    # Where there is more to them, they stand among the wishes as written.
    if setting.has("services") and differs and "Services: " not in facts.wishes:
        yield f"Services: {', '.join((SERVICE_WORDS[facts.service], *(EXTRA_WORDS[key] for key in facts.extras)))}"


def _unless_in(words: str, known: str | None) -> str:
    return "" if words in (known or "") else words


def _leads(lead_ids: Iterable[UUID]) -> dict[UUID, tuple[Lead, Contact, Property]]:
    query = (
        select(Lead, Contact, Property)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
    )
    return {lead.id: (lead, contact, place) for lead, contact, place in db.session.execute(query)}


def _noted(lead_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What imports have noted on these leads before, as one text each that begins and ends as each of its lines does:
    "Reference: 41" does not stand in "Reference: 417".
    """
    wanted = list(lead_ids)
    noted = dict.fromkeys(wanted, "\n")
    for note in db.session.scalars(_notes(wanted)):
        noted[note.lead_id] += f"{note.body or ''}\n"
    return noted


def _notes(lead_ids: Sequence[UUID]) -> Select[tuple[Activity]]:
    return select(Activity).where(
        Activity.workspace_id == current_workspace_id(), Activity.lead_id == one_among(lead_ids),
        Activity.kind == "note", Activity.data["import_id"].astext.is_not(None),
    )  # fmt: skip
