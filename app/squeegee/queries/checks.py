"""What Squeegee needs of a lead, thing by thing, as the queue shows it: there, or missing and where it is mended."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.money import format_money
from app.core.phones import format_national
from app.leads.words import FREQUENCY_WORDS
from app.squeegee.mapping import LeadFacts, once_words


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that Squeegee needs. `face` is the line of facts (leads.queries.faces) whose form mends it, blank for
    what only another quote changes.

    `lacks`: what is missing for any way into Squeegee; `lacks_for_api`: what only handing over by itself needs. Blank
    when it is there.
    """

    key: str
    label: str
    face: str
    shown: str
    lacks: str = ""
    lacks_for_api: str = ""


def checks(facts: LeadFacts, lacks: Mapping[str, str], lacks_for_api: Mapping[str, str]) -> tuple[Check, ...]:
    """The things in the order in which Squeegee asks for them. `lacks` are those of mapping.missing,
    `lacks_for_api` those of mapping.missing_for_api. The first date is the queue's own: it is always proposed. What is
    charged once comes last, where there is any.
    """
    price = facts.price_minor
    first = facts.first_price_minor if facts.first_price_minor is not None else price
    shown = {
        "customer": ", ".join(part for part in (facts.name, _together(format_national(facts.phone or ""))) if part),
        "address": facts.address.replace(facts.postcode, _together(facts.postcode)),
        "work": ", ".join(facts.work),
        "price": format_money(price) if price is not None else "",
        "first_price": format_money(first) if first is not None else "",
        "frequency": FREQUENCY_WORDS.get(facts.frequency or "", ""),
    }
    found = [
        Check(key, label, face, shown[key], _said(needs, lacks), _said(needs, lacks_for_api))
        for key, label, face, needs in _THINGS
    ]
    if facts.once:
        found.append(Check("once", "Charged once", "", once_words(facts.once)))
    return tuple(found)


#: Key, label, the face that mends it, and the needs of mapping that it stands for. A first price that is not set is the
#: price, so it lacks what the price lacks.
_THINGS = (
    ("customer", "Customer", "name", ("name",)),
    ("address", "Address", "place", ("address_line1", "postcode")),
    ("work", "Services", "work", ("service",)),
    ("price", "Price", "offer", ("price",)),
    ("first_price", "First clean", "offer", ("first_price",)),
    ("frequency", "How often", "offer", ("frequency",)),
)
#: The faces that mend something, each once.
MENDING = tuple(dict.fromkeys(face for _, _, face, _ in _THINGS))


def _said(needs: tuple[str, ...], lacks: Mapping[str, str]) -> str:
    return " and ".join(lacks[need] for need in needs if need in lacks)


def _together(words: str) -> str:
    """Words that no line may end between."""
    return words.replace(" ", "\u00a0")
