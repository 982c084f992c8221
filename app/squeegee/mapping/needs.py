"""What a lead lacks before Squeegee can take it."""

from app.core import postcodes
from app.leads.models import FREQUENCIES
from app.leads.words import SERVICE_WORDS, often
from app.squeegee.mapping.account import Account
from app.squeegee.mapping.facts import LeadFacts
from app.squeegee.mapping.rhythms import rhythm_of

#: What Squeegee can't do without: the lead's fact and what to say. The names are those of the lead's own facts. The
#: initial price is not among them: where none is set the first clean costs what every clean costs.
NEEDS = {
    "name": "the name",
    "address_line1": "the house and street",
    "postcode": "the whole postcode",
    "price": "the price a visit",
    "frequency": "how often",
}


def missing(facts: LeadFacts) -> dict[str, str]:
    """What the lead lacks for any way into Squeegee: fact -> words. Empty when it is complete."""
    postcode = postcodes.parse(facts.postcode)
    known = {
        "name": bool(facts.name), "address_line1": bool(facts.line1.strip()), "postcode": postcode is not None,
        "price": facts.price_minor is not None, "frequency": facts.frequency in FREQUENCIES,
    }  # fmt: skip
    return {fact: words for fact, words in NEEDS.items() if not known[fact]}


def missing_for_api(facts: LeadFacts, account: Account) -> dict[str, str]:
    """What is lacking for the API besides: the service's id, and a frequency that Squeegee takes."""
    lacking = missing(facts)
    if not account.service_ids.get(facts.service):
        lacking["service"] = f"the Squeegee service for {SERVICE_WORDS.get(facts.service, facts.service).lower()}"
    rhythm = rhythm_of(facts.frequency, account)
    if rhythm is not None and rhythm.kind == "none":
        lacking["frequency"] = f"a frequency that Squeegee takes ({often(facts.frequency)} is not one of them)"
    return lacking
