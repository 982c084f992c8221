"""Which of Squeegee's rounds a lead belongs to, by its postcode."""

import re

from app.squeegee.mapping.account import Account
from app.squeegee.mapping.facts import LeadFacts

_AREA = re.compile(r"[A-Z]{1,2}")


def round_of(facts: LeadFacts, account: Account) -> str | None:
    """The round whose district fits best: a sector (BA5 2) before a district (BA5) before an area (BA); None if none
    does. Of two that fit equally the one that stands first counts.
    """
    area = _AREA.match(facts.district or "")
    for place in (facts.sector, facts.district, area[0] if area else None):
        for each in (account.rounds or ()) if place else ():
            if place in each["districts"]:
                return str(each["round"])
    return None
