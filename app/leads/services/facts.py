"""Changing one fact of a lead in place. A fact that someone else changed meanwhile is shown, never overwritten."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.activities.services import record_activity
from app.contacts.models import Contact, Property
from app.core import email_addresses, phones, postcodes
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.money import parse_money
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.facts import FACTS, Fact, as_typed
from app.leads.services.indexing import reindex_where
from app.leads.services.reading import get_lead
from app.workspaces.models import Membership

LONGEST = 2_000
TOO_LONG = f"Keep it under {LONGEST:,} characters."


def fact_value(lead: Lead, name: str) -> str:
    """The present value of a lead's fact, as typed."""
    return as_typed(FACTS[name], _raw(lead, FACTS[name]))


def change_fact(lead_id: UUID, name: str, typed: str, was: str, actor: Actor, *, may_assign: bool = True) -> Lead:
    """Set the fact `name` to what was typed, if it still is what it `was`.

    Raises Invalid({name: ...}) for what can't be taken, Forbidden for an owner change without the right to, and
    Conflict with theirs, mine and before when the fact has changed since the form was opened. Typing what is already
    there changes nothing.
    """
    fact = FACTS[name]
    if fact.kind == "member" and not may_assign:
        raise Forbidden
    lead = get_lead(lead_id, lock=True)
    row = _home(lead, fact, lock=True)
    theirs = fact_value(lead, name)
    value = _parsed(fact, typed)
    before = theirs
    if theirs != was and _parsed(fact, theirs) != value:
        raise Conflict(
            f"{fact.label} was changed meanwhile.", template="leads/_fact_conflict.html",
            lead_id=lead.id, fact=fact, was=was, mine=typed.strip(), theirs=theirs,
        )  # fmt: skip
    if _parsed(fact, theirs) == value:
        return lead
    _SETTERS.get(name, _set_plain)(lead, row, fact, value, typed)
    lead.updated_at = utcnow()
    db.session.flush()
    _follow_through(lead, fact)
    plain = {} if fact.sealed else {"was": before, "now": fact_value(lead, name)}
    record_activity(
        lead, "fact_changed", "lead.fact_changed", actor, data={"fact": name, **plain},
        before={name: before}, after={name: fact_value(lead, name)},
        topics=("board",) if fact.name in ("price", "frequency") else (),
    )  # fmt: skip
    return lead


def _home(lead: Lead, fact: Fact, *, lock: bool = False) -> Any:
    if fact.home == "lead":
        return lead
    model, key = (Contact, lead.contact_id) if fact.home == "contact" else (Property, lead.property_id)
    query = select(model).where(model.workspace_id == current_workspace_id(), model.id == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one()


def _raw(lead: Lead, fact: Fact) -> Any:
    return getattr(_home(lead, fact), fact.attribute)


def _parsed(fact: Fact, typed: str) -> Any:
    """What was typed, normalised. Raises Invalid naming the fact and what to do."""
    text = typed.strip()
    if not text:
        if fact.required:
            raise Invalid({fact.name: f"{fact.label} can't be blank."})
        return None
    if len(text) > LONGEST:
        raise Invalid({fact.name: TOO_LONG})
    if fact.kind == "choice":
        if text not in fact.choices:
            raise Invalid({fact.name: "Choose one from the list."})
        return text
    parser, advice = _PARSERS.get(fact.kind, (_as_is, ""))
    value = parser(text)
    if value is None:
        raise Invalid({fact.name: advice})
    return value


def _as_is(text: str) -> str:
    return text


def _phone(text: str) -> str | None:
    found = phones.parse(text)
    return found.e164 if found else None


def _postcode(text: str) -> str | None:
    found = postcodes.parse_outward_or_full(text)
    return found.text if found else None


def _member(text: str) -> UUID | None:
    try:
        user_id = UUID(text)
    except ValueError:
        return None
    return db.session.execute(
        select(Membership.user_id).where(
            Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id,
            Membership.deactivated_at.is_(None),
        )
    ).scalar_one_or_none()  # fmt: skip


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "email": (email_addresses.parse, "Enter an email address, like name@example.com."),
    "phone": (_phone, "Enter a phone number, like 01749 960123 or 07700 900123."),
    "postcode": (_postcode, "Enter a postcode, like BA5 2QJ, or its first half, like BA5."),
    "money": (parse_money, "Enter an amount in pounds, like 24 or 24.50."),
    "member": (_member, "Choose someone who works here."),
}


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
