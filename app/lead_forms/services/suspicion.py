"""Telling robots from customers without asking anybody anything.

Doubt never refuses: a suspect sending goes to the quarantine, where a person lets it out or throws it away. Only a
caller far over the limit is refused. A sending with a proof of work (proof.py) is judged like any customer's; one
without is kept all the same, but any doubt holds it back, and so does more than a few an hour.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from flask import current_app
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from redis.exceptions import RedisError

from app.extensions import limiter
from app.lead_forms.queries import was_thrown_out
from app.lead_forms.services import wording
from app.lead_forms.services.typed import Typed

log = structlog.get_logger(__name__)

#: Nobody reads seven short steps in less.
SHORTEST = timedelta(seconds=2)
#: Sendings from one block of addresses to one form: past the first number they are doubtful, past the second refused,
#: past the third refused before anything is looked at.
DOUBTFUL_PER_BLOCK = RateLimitItemPerHour(20)
REFUSED_PER_BLOCK = RateLimitItemPerHour(60)
CROWD_PER_BLOCK = RateLimitItemPerHour(120)
#: To all addresses together that a form may have: what is counted for each lies in Redis for an hour, and anybody can
#: make up addresses of forms.
EVERYWHERE_PER_BLOCK = RateLimitItemPerHour(3_000)
_LONGEST_KEY = 100
#: Floods from many addresses at once: past this, and past config's form_sendings_per_minute for all forms of a
#: workspace, everything waits in the quarantine until the minute is over.
DOUBTFUL_PER_FORM = RateLimitItemPerMinute(400)
#: Without a proof of work: that many an hour from one block and to one form are taken for people without scripts.
UNPROVEN_PER_BLOCK = RateLimitItemPerHour(3)
UNPROVEN_PER_FORM = RateLimitItemPerHour(60)

#: Why a sending is held back, as the staff read it.
REASONS = {
    "honeypot": "Filled in a field that people do not see",
    "too_quick": "Sent within two seconds of opening the page",
    "too_many": "Many sendings from the same network within an hour",
    "flood": "Very many sendings to this form within a minute",
    "links": "Advertising: web addresses where people write none",
    "scripts": "Letters of several alphabets mixed, or a text in a foreign one",
    "repeated": "The same text was held back before",
    "unproven": "Sent without a browser, or with scripts switched off, several times",
}
#: The same on a filter, in a word or two.
SHORT_REASONS = {
    "honeypot": "Hidden field",
    "too_quick": "Too quick",
    "too_many": "Same network",
    "flood": "Flood",
    "links": "Web addresses",
    "scripts": "Odd letters",
    "repeated": "Same text again",
    "unproven": "No browser",
}

#: Reasons that hang on the words, or that only a robot gives: the same words are doubted again. People are quick, too.
_CERTAIN = ("honeypot", "links", "scripts", "repeated")
_MOST_LINKS = 2


class Pace:
    """How fast sendings come in from one caller: `reason` is None, or why that is doubtful; `refused` when too fast."""

    def __init__(self, reason: str | None = None, *, refused: bool = False) -> None:
        self.reason = reason
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends: the address, the block of addresses that limits count, and whether work was proven."""

    address: str
    block: str
    is_proven: bool = False


def is_crowd(key: str, address: str, block: str) -> bool:
    """Count a caller at a form's public key before the form is looked up; true for one who is refused anyway."""
    if _counts_for_nothing(address):
        return False
    if not _within(EVERYWHERE_PER_BLOCK, "lead-form-crowd", block):
        return True
    return not _within(CROWD_PER_BLOCK, "lead-form-crowd", key[:_LONGEST_KEY], block)


def pace(form_id: UUID, workspace_id: UUID, address: str, block: str) -> Pace:
    """Count one sending and judge the pace. Without Redis nothing is counted: a customer matters more than a robot."""
    if _counts_for_nothing(address):
        return Pace()
    if not _within(REFUSED_PER_BLOCK, "lead-form", form_id.hex, block):
        return Pace("too_many", refused=True)
    if not _within(DOUBTFUL_PER_BLOCK, "lead-form", form_id.hex, block):
        return Pace("too_many")
    if not _within(DOUBTFUL_PER_FORM, "lead-form", form_id.hex):
        return Pace("flood")
    all_forms = RateLimitItemPerMinute(current_app.config["FORM_SENDINGS_PER_MINUTE"])
    if not _within(all_forms, "lead-form-workspace", workspace_id.hex):
        return Pace("flood")
    return Pace()


def doubt(form_id: UUID, typed: Typed, honeypot: str, age: timedelta, caller: Caller) -> str | None:
    """Return why a sending is suspect (a key of REASONS), or None. `age` is how long ago its page was made."""
    if honeypot:
        return "honeypot"
    if age < SHORTEST:
        return "too_quick"
    return _doubtful_words(typed, caller) or _unproven(form_id, caller)


def _doubtful_words(typed: Typed, caller: Caller) -> str | None:
    text, name_and_address = wording.free_text(typed), wording.short_text(typed)
    if wording.links(name_and_address) or wording.links(text) > (_MOST_LINKS if caller.is_proven else 0):
        return "links"
    if wording.has_mixed_word(f"{name_and_address}\n{text}") or wording.is_mostly_foreign(text):
        return "scripts"
    fingerprint = wording.fingerprint(typed)
    if fingerprint is not None and was_thrown_out(fingerprint, _CERTAIN):
        return "repeated"
    return None


def _unproven(form_id: UUID, caller: Caller) -> str | None:
    """A few people an hour have no scripts; more than that are no people."""
    if caller.is_proven or _counts_for_nothing(caller.address):
        return None
    few = _within(UNPROVEN_PER_BLOCK, "lead-form-unproven", form_id.hex, caller.block)
    return None if few and _within(UNPROVEN_PER_FORM, "lead-form-unproven", form_id.hex) else "unproven"


def _within(limit: RateLimitItem, *counted: str) -> bool:
    try:
        return limiter.limiter.hit(limit, *counted)
    except RedisError as error:
        log.warning("lead_form_pace_unknown", error=type(error).__name__)
        return True


def _counts_for_nothing(address: str) -> bool:
    """On a developer's machine and in demonstrations every caller is 127.0.0.1, which tells nobody from anybody."""
    if current_app.config["ENV"] == "production":
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
