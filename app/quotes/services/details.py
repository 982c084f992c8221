"""The customer puts their own details right, and says where the house is. Staff are told; what staff changed meanwhile
is never overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.leads.models import Lead
from app.leads.services import FACTS, change_facts
from app.leads.services.facts import Typed
from app.quotes.queries.details import missing_place

LONGEST = {"name": 120, "phone": 40, "email": 254, "postcode": 12}
LONGEST_LINE, LONGEST_WORDS = 200, 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """What stands in a field, and what stood there when the page was made."""

    now: str
    was: str


def correct_details(lead: Lead, typed: Mapping[str, Change], actor: Actor) -> Lead:
    """Keep what was typed, by the fact's name, as far as each still is what it was.

    Raises Invalid, or Conflict with `conflicts` naming each fact that changed meanwhile; then nothing is kept.
    """
    errors = _too_long({name: change.now for name, change in typed.items() if change.now != change.was})
    if not typed["phone"].now.strip() and not typed["email"].now.strip():
        errors["phone"] = "Leave us a telephone number or an email address, so that we can reach you."
    if errors:
        raise Invalid(errors)
    try:
        return change_facts(lead.id, {name: Typed(each.now, each.was) for name, each in typed.items()}, actor)
    except Conflict as conflict:
        theirs = {each["fact"].name: each["theirs"] for each in conflict.details.get("conflicts", ())}
        raise Conflict(conflict.message, theirs=theirs) from None


def keep_place(lead: Lead, typed: Mapping[str, str], actor: Actor) -> None:
    """Keep where the house is, by the fact's name, as far as it is not known yet; blanks are let be. Raises Invalid."""
    asked = {name: typed[name] for name in missing_place(lead.property) if typed.get(name, "").strip()}
    errors = _too_long(asked)
    if errors:
        raise Invalid(errors)
    if asked:
        change_facts(lead.id, {name: Typed(value, "") for name, value in asked.items()}, actor)


def _too_long(typed: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"Please keep it under {_longest(name):,} characters."
        for name, value in typed.items()
        if len(value) > _longest(name)
    }


def _longest(name: str) -> int:
    return LONGEST.get(name, LONGEST_WORDS if FACTS[name].kind == "longtext" else LONGEST_LINE)
