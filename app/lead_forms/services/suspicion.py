"""Telling robots from customers without asking anybody anything.

Doubt never refuses: a suspect sending goes to the quarantine, where a person lets it out or throws it away. Only a
caller far over the limit is refused.
"""

import ipaddress
import re
from datetime import timedelta
from uuid import UUID

import structlog
from flask import current_app
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from redis.exceptions import RedisError

from app.extensions import limiter
from app.lead_forms.services.typed import Typed

log = structlog.get_logger(__name__)

#: Nobody reads seven short steps in less.
SHORTEST = timedelta(seconds=2)
#: Sendings from one block of addresses to one form; past the first they are doubtful, past the second refused.
DOUBTFUL_PER_BLOCK = RateLimitItemPerHour(20)
REFUSED_PER_BLOCK = RateLimitItemPerHour(60)
#: A flood from many addresses at once: past this, everything waits in the quarantine until the minute is over.
DOUBTFUL_PER_FORM = RateLimitItemPerMinute(400)

REASONS = {
    "honeypot": "Filled in a field that people do not see",
    "too_quick": "Sent within two seconds of opening the page",
    "too_many": "Many sendings from the same network within an hour",
    "flood": "Very many sendings to this form within a minute",
    "links": "Advertising: web addresses where people write none",
}

_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)
_MOST_LINKS = 2


class Pace:
    """How fast sendings come in from one caller: `reason` is None, or why that is doubtful; `refused` when too fast."""

    def __init__(self, reason: str | None = None, *, refused: bool = False) -> None:
        self.reason = reason
        self.refused = refused


def pace(form_id: UUID, address: str, block: str) -> Pace:
    """Count one sending and judge the pace. Without Redis nothing is counted: a customer matters more than a robot."""
    if _counts_for_nothing(address):
        return Pace()
    try:
        if not limiter.limiter.hit(REFUSED_PER_BLOCK, "lead-form", form_id.hex, block):
            return Pace("too_many", refused=True)
        if not limiter.limiter.hit(DOUBTFUL_PER_BLOCK, "lead-form", form_id.hex, block):
            return Pace("too_many")
        if not limiter.limiter.hit(DOUBTFUL_PER_FORM, "lead-form", form_id.hex):
            return Pace("flood")
    except RedisError as error:
        log.warning("lead_form_pace_unknown", error=type(error).__name__)
    return Pace()


def doubt(typed: Typed, honeypot: str, age: timedelta) -> str | None:
    """Return why a sending is suspect (a key of REASONS), or None."""
    if honeypot:
        return "honeypot"
    if age < SHORTEST:
        return "too_quick"
    if _LINK.search(f"{typed['name']} {typed['address_line1']} {typed['town']}"):
        return "links"
    if len(_LINK.findall(f"{typed['wishes']} {typed['access_notes']}")) > _MOST_LINKS:
        return "links"
    return None


def _counts_for_nothing(address: str) -> bool:
    """On a developer's machine and in demonstrations every caller is 127.0.0.1, which tells nobody from anybody."""
    if current_app.config["ENV"] == "production":
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
