"""Reading the forms of rounds and closures."""

from collections.abc import Mapping
from datetime import date

from app.core.days import read_day
from app.core.districts import read_areas
from app.core.errors import Invalid
from app.core.numbers import whole_number
from app.rounds.services import ClosureFacts, RoundFacts

_LONGEST_AREAS = 4_000  # characters
_MOST_AREAS = 200
_DATE = "Enter a date, like 24/11/2026."


def read_round(typed: Mapping[str, str]) -> RoundFacts:
    """What was typed as the facts of a round. Raises Invalid with a message for each field."""
    errors: dict[str, str] = {}
    areas, wrong = read_areas(typed.get("areas", "")[:_LONGEST_AREAS])
    if wrong:
        errors["areas"] = f"Not postcode districts: {', '.join(wrong[:5])}. Write them like BA5 or BA5 2."
    elif not areas:
        errors["areas"] = "List the districts this round goes to, like BA5, BA6."
    elif len(areas) > _MOST_AREAS:
        errors["areas"] = f"List at most {_MOST_AREAS} districts."
    first_day = _day(typed, "first_day", errors)
    facts = RoundFacts(
        name=_words(typed, "name", "Give the round a name, like Wells.", errors),
        areas=areas,
        first_day=first_day or date.min,
        every_weeks=_number(typed, "every_weeks", 1, 52, "weeks", errors),
        capacity=_number(typed, "capacity", 1, 200, "jobs", errors),
        is_active=typed.get("is_active") == "1",
    )
    if errors:
        raise Invalid(errors)
    return facts


def read_closure(typed: Mapping[str, str]) -> ClosureFacts:
    """What was typed as a closure; without a last day it is one day long. Raises Invalid."""
    errors: dict[str, str] = {}
    name = _words(typed, "closure", "Say why, like Christmas.", errors)
    starts_on = _day(typed, "starts_on", errors)
    ends_on = _day(typed, "ends_on", errors) if typed.get("ends_on", "").strip() else starts_on
    if starts_on and ends_on and ends_on < starts_on:
        errors["ends_on"] = "The last day comes before the first."
    if errors or starts_on is None or ends_on is None:
        raise Invalid(errors)
    return ClosureFacts(name, starts_on, ends_on)


def _words(typed: Mapping[str, str], name: str, missing: str, errors: dict[str, str]) -> str:
    found = " ".join(typed.get(name, "").split())
    if not found:
        errors[name] = missing
    elif len(found) > 60:
        errors[name] = "Keep it under 60 characters."
    elif not found.isprintable():
        errors[name] = "Take out the characters that can’t be printed."
    return found


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    found = read_day(typed.get(name, ""))
    if found is None or not 2000 <= found.year <= 2100:
        errors[name] = _DATE
        return None
    return found


def _number(typed: Mapping[str, str], name: str, least: int, most: int, unit: str, errors: dict[str, str]) -> int:
    number = whole_number(typed.get(name, "").strip(), most)
    if number is not None and number >= least:
        return number
    errors[name] = f"Enter a number of {unit} from {least} to {most}."
    return least
