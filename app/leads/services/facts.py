"""Changing one fact of a lead in place. A fact that someone else changed meanwhile is shown, never overwritten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.activities.services import record_activity
from app.contacts.models import Contact, Property
from app.core import phones, postcodes
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, LeadSource
from app.leads.queries.facts import FACTS, Fact, as_typed
from app.leads.services.indexing import reindex_where
from app.leads.services.parsing import parsed
from app.leads.services.reading import get_lead


def fact_value(lead: Lead, name: str) -> str:
    """The present value of a lead's fact, as typed."""
    return as_typed(FACTS[name], _raw(lead, FACTS[name]))


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
    changes = _judged(lead, typed)
    for fact, value, each in changes:
        _change(lead, fact, value, each, actor)
    return lead


def _judged(lead: Lead, typed: Mapping[str, Typed]) -> list[tuple[Fact, Any, Typed]]:
    """What is to be changed into what. Raises Invalid and Conflict, each with all facts they concern."""
    errors: dict[str, str] = {}
    conflicts, changes = [], []
    for name, each in typed.items():
        fact = FACTS[name]
        _home(lead, fact, lock=True)
        theirs = fact_value(lead, name)
        try:
            value = parsed(fact, each.value)
        except Invalid as invalid:
            errors |= invalid.errors
            continue
        if _same(fact, theirs, value):
            continue
        if theirs != each.was:
            conflicts.append({"fact": fact, "was": each.was, "mine": each.value.strip(), "theirs": theirs})
        changes.append((fact, value, each))
    if errors:
        raise Invalid(errors)
    if conflicts:
        labels = ", ".join(each["fact"].label for each in conflicts)
        raise Conflict(f"{labels} changed meanwhile.", conflicts=conflicts)
    return changes


def _same(fact: Fact, theirs: str, value: Any) -> bool:
    try:
        return bool(parsed(fact, theirs) == value)
    except Invalid:  # what is kept would not be taken today: a member who left, a blank that is needed now
        return False


def _change(lead: Lead, fact: Fact, value: Any, typed: Typed, actor: Actor) -> None:
    before = fact_value(lead, fact.name)
    _SETTERS.get(fact.name, _set_plain)(lead, _home(lead, fact), fact, value, typed.value)
    lead.updated_at = utcnow()
    db.session.flush()
    _follow_through(lead, fact)
    now = fact_value(lead, fact.name)
    plain = {} if fact.sealed else {"was": before, "now": now, **_names(fact, before, value)}
    record_activity(
        lead, "fact_changed", "lead.fact_changed", actor, data={"fact": fact.name, **plain},
        before={fact.name: before}, after={fact.name: now},
        topics=("board",) if fact.name in ("price", "frequency") else (),
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


def _home(lead: Lead, fact: Fact, *, lock: bool = False) -> Any:
    if fact.home == "lead":
        return lead
    model, key = (Contact, lead.contact_id) if fact.home == "contact" else (Property, lead.property_id)
    query = select(model).where(model.workspace_id == current_workspace_id(), model.id == key)
    if not lock:
        return db.session.get_one(model, (current_workspace_id(), key))
    return db.session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one()


def _raw(lead: Lead, fact: Fact) -> Any:
    return getattr(_home(lead, fact), fact.attribute)


def _set_plain(lead: Lead, row: Any, fact: Fact, value: Any, typed: str) -> None:
    setattr(row, fact.attribute, value)


def _set_email(lead: Lead, contact: Contact, fact: Fact, value: str | None, typed: str) -> None:
    contact.set_email(value)


def _set_phone(lead: Lead, contact: Contact, fact: Fact, value: str | None, typed: str) -> None:
    contact.set_phone(phones.parse(value) if value else None, typed.strip() or None)


def _set_line1(lead: Lead, place: Property, fact: Fact, value: str | None, typed: str) -> None:
    place.set_place(value, postcodes.parse_outward_or_full(place.postcode))


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
    "postcode": _set_postcode,
    "price": _set_price,
    "frequency": _set_frequency,
}


def _follow_through(lead: Lead, fact: Fact) -> None:
    """What else must change with a fact: the search tokens of every lead it belongs to."""
    if fact.name in ("name", "phone", "email"):
        reindex_where(contact_id=lead.contact_id)
    elif fact.name == "postcode":
        reindex_where(property_id=lead.property_id)
