"""Changing one fact of a lead in place. A fact that someone else changed meanwhile is shown, never overwritten."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.accounts.models import User
from app.activities.services import record_activity
from app.contacts.models import Contact, Property
from app.core import phones, postcodes
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead, LeadSource
from app.leads.queries.facts import FACTS, Fact, as_typed
from app.leads.services.indexing import reindex_where
from app.leads.services.moving import tell_return_set
from app.leads.services.parsing import parsed
from app.leads.services.reading import get_lead
from app.leads.services.returning import checked_return
from app.workspaces.queries import today_here


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a fact's field, and what stood there when it was opened."""

    value: str
    was: str


def change_fact(lead_id: UUID, name: str, typed: str, was: str, actor: Actor, *, may_assign: bool = True) -> Lead:
    """Set one fact; see change_facts."""
    return change_facts(lead_id, {name: Typed(typed, was)}, actor, may_assign=may_assign)


def change_facts(lead_id: UUID, typed: Mapping[str, Typed], actor: Actor, *, may_assign: bool = True) -> Lead:
    """Set the facts, by name, to what was typed, as far as each still is what it was.

    Raises Invalid for what can't be taken, Forbidden for an owner change without the right to, and Conflict with
    `fact`, `was`, `mine` and `theirs` of each fact that has changed since the form was opened; then none is changed.
    Typing what is already there changes nothing.
    """
    if not may_assign and any(FACTS[name].kind == "member" for name in typed):
        raise Forbidden
    lead = get_lead(lead_id, lock=True)
    homes = _homes(lead, [FACTS[name] for name in typed])
    changes = _judged(homes, typed)
    if changes:
        _change(lead, homes, changes, actor)
    return lead


def _homes(lead: Lead, facts: Iterable[Fact]) -> dict[str, Any]:
    """The rows that the facts live in, by home, each locked until the commit; always in the same order."""
    homes: dict[str, Any] = {"lead": lead}
    wanted = {fact.home for fact in facts}
    for home, model, key in (("contact", Contact, lead.contact_id), ("property", Property, lead.property_id)):
        if home in wanted:
            query = select(model).where(model.workspace_id == current_workspace_id(), model.id == key)
            homes[home] = load_one(query, lock=True)
    return homes


def _judged(homes: Mapping[str, Any], typed: Mapping[str, Typed]) -> list[tuple[Fact, Any, Typed]]:
    """What is to be changed into what. Raises Invalid and Conflict, each with all facts they concern."""
    errors: dict[str, str] = {}
    conflicts, changes = [], []
    for name, each in typed.items():
        fact = FACTS[name]
        theirs = _value(homes, fact)
        try:
            value = parsed(fact, each.value)
        except Invalid as invalid:
            errors |= invalid.errors
            continue
        if _same(fact, theirs, value):
            continue
        errors |= _faults(fact, value)
        if _lines(theirs) != _lines(each.was):
            conflicts.append({"fact": fact, "was": each.was, "mine": each.value.strip(), "theirs": theirs})
        changes.append((fact, value, each))
    if errors:
        raise Invalid(errors)
    if conflicts:
        labels = ", ".join(each["fact"].label for each in conflicts)
        raise Conflict(f"{labels} changed meanwhile.", conflicts=conflicts)
    return changes


def _faults(fact: Fact, value: Any) -> dict[str, str]:
    """What is wrong with a new value besides its shape."""
    if fact.name != "returns_on":
        return {}
    try:
        checked_return(value, today_here())
    except Invalid as invalid:
        return invalid.errors
    return {}


def _lines(text: str) -> str:
    """A text without what a browser makes of its line breaks."""
    return text.replace("\r\n", "\n")


def _same(fact: Fact, theirs: str, value: Any) -> bool:
    try:
        return bool(parsed(fact, theirs) == value)
    except Invalid:  # what is kept would not be taken today: a member who left, a blank that is needed now
        return False


def _change(
    lead: Lead, homes: Mapping[str, Any], changes: Sequence[tuple[Fact, Any, Typed]], actor: Actor
) -> None:
    before = {fact.name: _value(homes, fact) for fact, _, _ in changes}
    for fact, value, typed in changes:
        _SETTERS.get(fact.name, _set_plain)(lead, homes[fact.home], fact, value, typed.value)
    lead.updated_at = utcnow()
    db.session.flush()
    _follow_through(lead, set(before))
    after = {fact.name: _value(homes, fact) for fact, _, _ in changes}
    sealed = [fact.name for fact, _, _ in changes if fact.sealed]
    if sealed:
        more = {"facts": sealed} if len(sealed) > 1 else {}
        _record(lead, actor, {"fact": sealed[0], **more}, before, after, sealed)
    for fact, value, _ in changes:
        if not fact.sealed:
            plain = {"was": before[fact.name], "now": after[fact.name], **_names(fact, before[fact.name], value)}
            _record(lead, actor, {"fact": fact.name, **plain}, before, after, [fact.name])
    if "returns_on" in before:
        tell_return_set(lead, actor)


def _record(
    lead: Lead, actor: Actor, data: dict[str, Any], before: Mapping[str, str], after: Mapping[str, str],
    names: Sequence[str],
) -> None:  # fmt: skip
    record_activity(
        lead, "fact_changed", "lead.fact_changed", actor, data=data, before={name: before[name] for name in names},
        after={name: after[name] for name in names},
        topics=("board",) if {"price", "frequency"} & set(names) else (),
    )  # fmt: skip


def _names(fact: Fact, was: str, now: UUID | None) -> dict[str, str]:
    """The names behind the ids of a fact that is kept as one: the timeline says them even when they change later."""
    if fact.kind not in ("member", "source"):
        return {}
    ids = {"was_name": UUID(was) if was else None, "now_name": now}
    column, name = (User.id, User.name) if fact.kind == "member" else (LeadSource.id, LeadSource.name)
    query = select(column, name).where(column.in_([each for each in ids.values() if each]))
    if fact.kind == "source":
        query = query.where(LeadSource.workspace_id == current_workspace_id())
    found = dict(map(tuple, db.session.execute(query)))
    return {key: found.get(each, "") for key, each in ids.items()}


def _value(homes: Mapping[str, Any], fact: Fact) -> str:
    """The present value of a fact, as typed."""
    return as_typed(fact, getattr(homes[fact.home], fact.attribute))


def _set_plain(lead: Lead, row: Any, fact: Fact, value: Any, typed: str) -> None:
    setattr(row, fact.attribute, value)


def _set_email(lead: Lead, contact: Contact, fact: Fact, value: str | None, typed: str) -> None:
    contact.set_email(value)


def _set_phone(lead: Lead, contact: Contact, fact: Fact, value: str | None, typed: str) -> None:
    contact.set_phone(phones.parse(value) if value else None, typed.strip() or None)


def _set_line1(lead: Lead, place: Property, fact: Fact, value: str | None, typed: str) -> None:
    place.set_place(value, postcodes.parse_outward_or_full(place.postcode))


def _set_line2(lead: Lead, place: Property, fact: Fact, value: str | None, typed: str) -> None:
    place.address_line2 = value
    place.set_place(place.address_line1, postcodes.parse_outward_or_full(place.postcode))


def _set_postcode(lead: Lead, place: Property, fact: Fact, value: str | None, typed: str) -> None:
    place.set_place(place.address_line1, postcodes.parse_outward_or_full(value))
    lead.district, lead.sector = place.district, place.sector


def _set_price(lead: Lead, row: Lead, fact: Fact, value: int | None, typed: str) -> None:
    lead.set_price(value, lead.frequency)


def _set_frequency(lead: Lead, row: Lead, fact: Fact, value: str | None, typed: str) -> None:
    lead.set_price(lead.price_minor, value)


_SETTERS: dict[str, Callable[[Lead, Any, Fact, Any, str], None]] = {
    "email": _set_email,
    "phone": _set_phone,
    "address_line1": _set_line1,
    "address_line2": _set_line2,
    "postcode": _set_postcode,
    "price": _set_price,
    "frequency": _set_frequency,
}


def _follow_through(lead: Lead, names: set[str]) -> None:
    """What else must change with the facts: the search tokens of every lead they belong to."""
    if names & {"name", "phone", "email"}:
        reindex_where(contact_ids=[lead.contact_id])
    if names & {"address_line1", "town", "postcode"}:
        reindex_where(property_id=lead.property_id)
    if "postcode" in names:
        _follow_house(lead)


def _follow_house(lead: Lead) -> None:
    """Other leads of the house, a colleague's too, stand in its district as well."""
    with seeing_all():
        db.session.execute(
            update(Lead)
            .where(Lead.workspace_id == lead.workspace_id, Lead.property_id == lead.property_id, Lead.id != lead.id)
            .values(district=lead.district, sector=lead.sector)
            .execution_options(synchronize_session="fetch")
        )
