"""Tags and notes put together from patterns: words with {variables} in them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.core.money import format_money
from app.leads.words import BEDROOM_WORDS, METHOD_WORDS, PROPERTY_WORDS, SERVICE_WORDS, TIME_WORDS, often
from app.squeegee.mapping.account import Account
from app.squeegee.mapping.facts import SERVICE_CODES, LeadFacts
from app.squeegee.mapping.once import once_words
from app.squeegee.mapping.rounds import round_of

DEFAULT_TAGS = ("{district}",)
_ALSO, _FIRST_PRICE, _ONCE = "Also: {also}.", "First clean {first_price}.", "Charged once: {once}."
_VISIT = "First clean agreed for {agreed_time}."
DEFAULT_NOTES = f"{_ALSO}\n{_FIRST_PRICE}\n{_ONCE}\n{_VISIT}\n{{access}}\n{{wishes}}"
#: What gets lost when the notes don't say it: the variables that do, and the line that does otherwise. The first of
#: them only by the API, the others whichever way it goes over: what is typed in or imported has no field for them.
_NOWHERE_ELSE_BY_API = ((("also", "extras"), _ALSO), (("first_price",), _FIRST_PRICE))
_NOWHERE_ELSE = ((("once",), _ONCE), (("agreed_time",), _VISIT))
LONGEST_TAG = 50
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """What may stand in braces. `is_short`: it is a few words on one line, fit for a tag."""

    label: str
    example: str
    value: Callable[[LeadFacts, Account], str]
    is_short: bool = True


VARIABLES: dict[str, Variable] = {
    "district": Variable("Postcode district", "BA5", lambda facts, account: facts.district or ""),
    "sector": Variable("Postcode sector", "BA5 2", lambda facts, account: facts.sector or ""),
    "town": Variable("Town", "Wells", lambda facts, account: facts.town),
    "round": Variable("Round", "Wells, Tuesday", lambda facts, account: round_of(facts, account) or ""),
    "source": Variable("Source", "Website form", lambda facts, account: facts.source),
    "owner": Variable("Who looks after it", "Alice Smith", lambda facts, account: facts.owner),
    "frequency": Variable("How often", "every 8 weeks", lambda facts, account: often(facts.frequency)),
    "service": Variable(
        "Service", "Window cleaning", lambda facts, account: SERVICE_WORDS.get(facts.service, facts.service)
    ),
    "house": Variable("House", "Semi, 3 bedrooms", lambda facts, account: _house(facts)),
    "number": Variable("Lead number", "WWC-2026-017", lambda facts, account: facts.number),
    "preferred_time": Variable(
        "Preferred time", "Mornings", lambda facts, account: _unless_any(facts.preferred_time, TIME_WORDS)
    ),
    "agreed_time": Variable(
        "Day and time that they chose", "Tuesday 8 December, 09:00 to 11:00", lambda facts, account: facts.visit,
        is_short=False,
    ),
    "preferred_method": Variable(
        "Preferred way to be reached", "Text message",
        lambda facts, account: _unless_any(facts.preferred_method, METHOD_WORDS),
    ),
    "price": Variable("Price a visit", "£24", lambda facts, account: _money(facts.price_minor), is_short=False),
    "first_price": Variable(
        "Price of the first clean, where it differs", "£40",
        lambda facts, account: _money(facts.first_price if facts.first_price != facts.price_minor else None),
        is_short=False,
    ),
    "extras": Variable(
        "All extras", "velux windows, conservatory roof",
        lambda facts, account: ", ".join(facts.more_work).lower(), is_short=False,
    ),
    "also": Variable(
        "Work without a Squeegee service", "velux windows", lambda facts, account: "", is_short=False
    ),
    "once": Variable(
        "Charged once, with the price", "Clear all gutters £80", lambda facts, account: once_words(facts.once),
        is_short=False,
    ),
    "access": Variable(
        "Access", "Locked gate", lambda facts, account: facts.access_notes.strip(), is_short=False
    ),
    "wishes": Variable(
        "Wishes", "Please text the night before.", lambda facts, account: facts.wishes.strip(), is_short=False
    ),
}  # fmt: skip


def tags_of(facts: LeadFacts, account: Account) -> tuple[str, ...]:
    """The tags of a lead's job, each once. A pattern of which a variable is unknown makes no tag."""
    found: dict[str, None] = {}
    for pattern in DEFAULT_TAGS if account.tags is None else account.tags:
        values = _values(pattern, facts, account)
        if all(values.values()):
            found[" ".join(_filled(pattern, values).split())[:LONGEST_TAG].strip()] = None
    return tuple(tag for tag in found if tag)


def notes_of(facts: LeadFacts, account: Account, *, names_all_work: bool = False) -> str:
    """A job's notes. A line vanishes when it holds variables and none of them is known.

    `names_all_work`: what is made besides names services and extras in words and the initial price (sheet and file),
    so that {also}, which stands for work that has no service in Squeegee, is empty. Otherwise work without a service
    and another first price are told even where the template leaves them out; what is charged once, and the time that
    the customer chose, are in any case.
    """
    template = account.notes_template or DEFAULT_NOTES
    needed = _NOWHERE_ELSE if names_all_work else (*_NOWHERE_ELSE_BY_API, *_NOWHERE_ELSE)
    template = "\n".join([*_unsaid(template, needed), template])
    lines = []
    for line in template.splitlines():
        values = _values(line, facts, account)
        if "also" in values and not names_all_work:
            values["also"] = ", ".join(_without_id(facts, account)).lower()
        if not values or any(values.values()):
            lines.append(_filled(line, values).strip())
    return "\n".join(lines).strip()


def uses(account: Account, *variables: str) -> bool:
    """Whether tags or notes hold one of these variables."""
    patterns = (*(account.tags or ()), account.notes_template or "")
    return any("{" + name + "}" in pattern for name in variables for pattern in patterns)


def unknown_in(pattern: str, *, short_only: bool = False) -> str | None:
    """What is wrong with a pattern, in words; None when it is sound."""
    for name in _VARIABLE.findall(pattern):
        if name not in VARIABLES:
            return f"There is no {{{name}}}. Choose one of those listed below."
        if short_only and not VARIABLES[name].is_short:
            return f"{{{name}}} is too long for a tag: it belongs in the notes."
    if set(_VARIABLE.sub("", pattern)) & {"{", "}"}:
        return "Curly brackets stand around a variable's name, like {district}, and nowhere else."
    return None


def _values(pattern: str, facts: LeadFacts, account: Account) -> dict[str, str]:
    names = [name for name in _VARIABLE.findall(pattern) if name in VARIABLES]
    return {name: VARIABLES[name].value(facts, account) for name in names}


def _filled(pattern: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], ""), pattern)


def _unsaid(template: str, needed: Iterable[tuple[tuple[str, ...], str]]) -> list[str]:
    """Lines for what has no other place, where the workspace's own words leave it out."""
    return [line for names, line in needed if not any("{" + name + "}" in template for name in names)]


def _without_id(facts: LeadFacts, account: Account) -> list[str]:
    return [SERVICE_CODES.get(code, code) for code in facts.codes if not account.service_ids.get(code)]


def _money(minor: int | None) -> str:
    return "" if minor is None else format_money(minor)


def _unless_any(key: str | None, words: dict[str, str]) -> str:
    return "" if key in (None, "any") else words.get(key or "", "")


def _house(facts: LeadFacts) -> str:
    kind = PROPERTY_WORDS.get(facts.property_type or "", "").capitalize()
    rooms = f"{BEDROOM_WORDS[facts.bedrooms]} bedrooms" if facts.bedrooms in BEDROOM_WORDS else ""
    return ", ".join(part for part in (kind, rooms) if part)
