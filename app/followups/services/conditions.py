"""What about a lead may decide whether it begins a sequence, or which way it goes at a branch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from app.core.catalogue import known
from app.extensions import db
from app.leads.models import Lead, LeadSource, LeadTag, Stage, Tag
from app.leads.words import BEDROOM_WORDS, DECLINE_WORDS, FREQUENCY_WORDS, PRIORITY_WORDS, PROPERTY_WORDS, SERVICE_WORDS
from app.messaging.services.marketing import has_marketing_basis

_YES_NO = {"yes": "Yes", "no": "No"}
#: Kind of a fact -> its comparisons, with their words.
OPERATORS: Mapping[str, Mapping[str, str]] = {
    "choice": {"is": "is", "is_not": "is not"},
    "yes_no": {"is": "is"},
    "number": {"at_least": "is at least", "below": "is below"},
    "text": {"is": "is", "is_not": "is not", "begins": "begins with"},
}
_LONGEST = 100
_MOST_TAGS = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a lead: `kind` says how it compares; `choices` are its values with their words, if it has any."""

    key: str
    label: str
    kind: str
    read: Callable[[Lead], Any]
    choices: Mapping[str, str] | None = None
    unit: str = ""


def _yes(found: object) -> str:
    return "yes" if found else "no"


def _agreed(lead: Lead, channel: str) -> str:
    return _yes(has_marketing_basis(lead, channel))


def _source(lead: Lead) -> str:
    return next((each.key for each in known(LeadSource) if each.id == lead.source_id), "")


FACTS: Mapping[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact("may_email", "Agreed to advertising by email", "yes_no", lambda lead: _agreed(lead, "email")),
        Fact("may_text", "Agreed to advertising by text", "yes_no", lambda lead: _agreed(lead, "sms")),
        Fact("has_email", "Has an email address", "yes_no", lambda lead: _yes(lead.contact.email_sealed)),
        Fact("has_phone", "Has a phone number", "yes_no", lambda lead: _yes(lead.contact.phone_sealed)),
        Fact("has_owner", "Has an owner", "yes_no", lambda lead: _yes(lead.owner_id)),
        Fact("source", "Source", "choice", _source),
        Fact("service", "Service", "choice", lambda lead: lead.service or "", SERVICE_WORDS),
        Fact("frequency", "How often", "choice", lambda lead: lead.frequency or "", FREQUENCY_WORDS),
        Fact("priority", "Priority", "choice", lambda lead: lead.priority, PRIORITY_WORDS),
        Fact("property_type", "Property", "choice", lambda lead: lead.property_type or "", PROPERTY_WORDS),
        Fact("bedrooms", "Bedrooms", "choice", lambda lead: lead.bedrooms or "", BEDROOM_WORDS),
        Fact("decline_reason", "Why it was lost", "choice", lambda lead: lead.decline_reason or "", DECLINE_WORDS),
        Fact("monthly_value", "Worth a month", "number", lambda lead: lead.monthly_minor, unit="pounds"),
        Fact("attempts", "Attempts so far", "number", lambda lead: lead.follow_up_count * 100),
        Fact("district", "Postcode district", "text", lambda lead: lead.district or ""),
        Fact("tag", "Tags", "text", lambda lead: _tags(lead)),
    )
}  # fmt: skip


def stage_key(lead: Lead) -> str:
    """The key of the lead's stage, also of a retired one."""
    return next((each.key for each in known(Stage) if each.id == lead.stage_id), "")


def choices_of(fact: Fact) -> Mapping[str, str]:
    """The values that a fact can take, with their words; none for numbers and text."""
    if fact.key == "source":
        return {each.key: each.name for each in sorted(known(LeadSource), key=lambda each: each.name) if each.is_active}
    return _YES_NO if fact.kind == "yes_no" else fact.choices or {}


def check_condition(field: str, operator: str, value: str) -> str | None:
    """What is wrong with a comparison, in words, or None."""
    fact = FACTS.get(field)
    if fact is None:
        return "Choose what about the lead decides."
    if operator not in OPERATORS[fact.kind]:
        return "Choose how it compares."
    if fact.kind == "number":
        return None if _number(value) is not None else "Enter a number."
    if fact.kind != "text" and value not in choices_of(fact):
        return "Choose one of these."
    return None if 0 < len(value.strip()) <= _LONGEST else "Enter a value."


def holds(lead: Lead, field: str, operator: str, value: str) -> bool:
    """Whether a comparison is true of a lead; one that nobody could have stored is not."""
    fact = FACTS.get(field)
    if fact is None:
        return False
    found = fact.read(lead)
    if fact.kind == "number":
        wanted = _number(value)
        return wanted is not None and (found >= wanted if operator == "at_least" else found < wanted)
    mine = {each.casefold() for each in (found if isinstance(found, list) else [found])}
    wanted_text = value.strip().casefold()
    if operator == "begins":
        return any(each.startswith(wanted_text) for each in mine)
    return (wanted_text in mine) == (operator == "is")


def all_hold(lead: Lead, conditions: list[Mapping[str, str]]) -> bool:
    """Whether every comparison of a sequence's rule is true of a lead."""
    return all(
        holds(lead, each.get("fact", ""), each.get("operator", ""), each.get("value", "")) for each in conditions
    )


def _number(text: str) -> int | None:
    """A number as it was typed, in hundredths: pounds as pence."""
    try:
        found = Decimal(text.strip().removeprefix("£").replace(",", ""))
    except InvalidOperation:
        return None
    return int(found * 100) if found.is_finite() and 0 <= found < 10**9 else None


def _tags(lead: Lead) -> list[str]:
    query = (
        select(Tag.name)
        .join(LeadTag, (LeadTag.workspace_id == Tag.workspace_id) & (LeadTag.tag_id == Tag.id))
        .where(LeadTag.workspace_id == lead.workspace_id, LeadTag.lead_id == lead.id)
        .limit(_MOST_TAGS)
    )
    return list(db.session.scalars(query))
