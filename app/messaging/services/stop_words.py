"""The words by which somebody ends being written to, or takes that back.

Only a message that is nothing else counts by itself, as with the carriers: "can you cancel Tuesday?" does not. What
merely sounds like it is for a person, and the chase rests meanwhile.
"""

import re
from collections.abc import Callable

from sqlalchemy import select

from app.activities.services import record_activity
from app.contacts.models import Contact
from app.contacts.services import note_consent
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.services.marketing import marketing_channels
from app.messaging.services.suppressing import allow_again, suppress, suppression_reasons
from app.messaging.services.wishes import wording

#: The carriers' words (CTIA messaging principles; twilio.com/docs/messaging/tutorials/advanced-opt-out).
_STOP = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel"})
#: Not YES, which carriers take too: from a customer it answers a quote.
_START = frozenset({"start", "unstop"})
_LETTERS = re.compile(r"[^\W\d_]+")
_SOUNDS_LIKE = re.compile(
    r"\bstop\b|\bcancel|\bunsubscribe|\bopt(?:ing)?[- ]?out\b"
    r"|\b(?:take|remove) (?:me|us|my (?:number|email|details|name))\b"
    r"|\b(?:leave|stop bothering) (?:me|us)(?: alone)?\b"
    r"|\b(?:do not|don't|dont|never|no more|stop) (?:\w+ ){0,2}(?:contact|text|email|messag|mail|writ|call|bother)"
    r"|\bno more (?:texts|messages|emails|calls)\b|\bdelete my\b|\bgdpr\b|\bspam\b|\bharass"
)


def is_stop(text: str) -> bool:
    """Whether a message is one of the carriers' stop words and nothing else; case and punctuation aside."""
    return _only_word(text) in _STOP


def is_start(text: str) -> bool:
    """Whether it is the word that takes a STOP back, and nothing else."""
    return _only_word(text) in _START


def asked_for(channel: str, text: str) -> Callable[[str, str, list[Lead], Actor], object] | None:
    """What a message that is nothing but such a word asks for: `opt_out`, `opt_in`, or None for any other.

    START counts by text alone: whom a mail comes from is only claimed, and nobody may undo another's silence.
    """
    if is_stop(text):
        return opt_out
    return opt_in if channel == "sms" and is_start(text) else None


def sounds_like_stop(text: str) -> bool:
    """Whether somebody had better look whether the writer wants to hear no more."""
    return _SOUNDS_LIKE.search(text.casefold().replace("\u2019", "'")) is not None


def opt_out(
    channel: str, address: str, leads: list[Lead], actor: Actor, *, source: str = "reply", reason: str = ""
) -> None:
    """Never write to the address by this channel again, and say so to the ledger and on each of its leads.

    `leads` may be empty: the address counts, not whom we know it from. Once more changes nothing. `source`: reply, or
    person for what one of us was told, provider for what the carrier knows. `reason`: what the entry keeps, if not
    what the source says by itself.
    """
    known = suppression_reasons({channel: address})
    if not reason:
        reason = "stop" if (channel, source) == ("sms", "reply") else "asked"  # a STOP stands at the carrier as well
    suppress(channel, address, reason, source=source, created_by=actor.user_id)
    for lead, changes in _changes(channel, leads, source, granted=False, had_service=channel not in known):
        record_activity(
            lead, "fact_changed", "contact.opted_out", actor, subject_id=lead.contact_id,
            data={"channel": channel, "source": source, "changes": changes},
        )  # fmt: skip


def opt_in(channel: str, address: str, leads: list[Lead], actor: Actor, *, source: str = "reply") -> bool:
    """Take a STOP back: service messages may be sent again, advertising needs a new yes. Whether anything changed."""
    if channel not in suppression_reasons({channel: address}):
        return False
    allow_again(channel, address)
    for lead, changes in _changes(channel, leads, source, granted=True, had_service=False):
        record_activity(
            lead, "fact_changed", "contact.opted_in", actor, subject_id=lead.contact_id,
            data={"channel": channel, "source": source, "changes": changes},
        )  # fmt: skip
    return True


def _changes(
    channel: str, leads: list[Lead], source: str, *, granted: bool, had_service: bool
) -> list[tuple[Lead, list[list[object]]]]:
    """Write the lines of the ledger, once a contact; each lead with what changed for its contact."""
    told: dict[object, list[list[object]]] = {}
    for lead in leads:
        if lead.contact_id in told:
            continue
        contact = load_one(
            select(Contact).where(Contact.workspace_id == current_workspace_id(), Contact.id == lead.contact_id)
        )
        purposes = ["service"] if granted or had_service else []
        if not granted and channel in marketing_channels(contact.id):
            purposes.append("marketing")
        for purpose in purposes:
            note_consent(contact.id, channel, purpose, granted, wording(purpose, channel), source)
        told[lead.contact_id] = [[channel, purpose, granted] for purpose in purposes]
    db.session.flush()
    return [(lead, told[lead.contact_id]) for lead in leads]


def _only_word(text: str) -> str:
    return "".join(_LETTERS.findall(text)).casefold() if len(text) <= 40 else ""
