"""Who will get this? Judged before many are written to, by the rules that hold when each message leaves.

What is looked at in the last moment (services/refusing.py) is looked at here for all of them by one statement. The
blind keys of a contact are those of the suppressions, so that only what must be read is opened.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, literal, null, select

from app.contacts.models import Consent, Contact, Property
from app.core import phones
from app.core.clock import utcnow
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging import transports
from app.messaging.models import Message, MessageTemplate, Suppression
from app.quotes.models import Quote
from app.workspaces.queries import current_workspace

#: As many people of each reason as are named.
NAMED = 3
#: A variable that says what stands there otherwise is never missing.
_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_A_DAY = timedelta(days=1)
_OFFER = ("link", "valid_until")
_MISSING: dict[str, ColumnElement[bool]] = {
    "price": Lead.price_minor.is_(None),
    "frequency": Lead.frequency.is_(None),
    "address": Property.address_line1_sealed.is_(None),
    "town": Property.town_sealed.is_(None),
    "postcode": Property.postcode_sealed.is_(None),
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who will not get it. `reason` is a code; messaging/words.py says it in words."""

    lead_id: UUID
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Who gets a message: how many of `total` leads, and why the others do not, the commonest reason first.

    `reached_ids` in the order that was asked about; `reasons` why each of the others is left out; `examples` names a
    few of them for each reason.
    """

    total: int
    reached: int
    left_out: list[tuple[str, int]]
    examples: list[LeftOut]
    reached_ids: tuple[UUID, ...] = ()
    reasons: Mapping[UUID, str] = field(default_factory=dict)

    def examples_of(self, reason: str) -> list[LeftOut]:
        """The few that are named for a reason."""
        return [each for each in self.examples if each.reason == reason]


def who_gets(
    lead_ids: Sequence[UUID],
    channel: str,
    purpose: str = "service",
    *,
    counts: bool = True,
    words: str = "",
    template_key: str | None = None,
) -> Judged:
    """Judge who of the leads would get a message by `channel` for `purpose` (service or marketing).

    `counts`: whether it is an attempt, of which each lead gets so many only. `words` is the template's text: a lead
    that lacks a value for one of its variables is left out, and with `template_key` whoever got that one within a day.
    A person with several of the leads gets one message.
    What the scope does not see is left out as gone. One statement for up to some twenty thousand leads.
    """
    asked = list(dict.fromkeys(lead_ids))
    rows = {row.id: row for row in db.session.execute(_query(asked, channel, purpose, _asked_for(words), template_key))}
    judge = _Judge(channel, purpose, counts)
    reasons = {lead_id: judge.reason(rows.get(lead_id)) for lead_id in asked}
    left = Counter(reason for reason in reasons.values() if reason)
    reached = tuple(lead_id for lead_id, reason in reasons.items() if not reason)
    why = {lead_id: reason for lead_id, reason in reasons.items() if reason}
    return Judged(len(asked), len(reached), left.most_common(), _examples(reasons, rows), reached, why)


def who_gets_template(lead_ids: Sequence[UUID], template: MessageTemplate, *, counts: bool = True) -> Judged:
    """Judge who of the leads would get a template."""
    words = f"{template.subject} {template.body}"
    return who_gets(
        lead_ids, template.channel, template.purpose, counts=counts, words=words, template_key=template.key
    )  # fmt: skip


class _Judge:
    """The rules, in the order in which people would ask; remembers whom it has let through."""

    def __init__(self, channel: str, purpose: str, counts: bool) -> None:
        self.channel, self.purpose = channel, purpose
        self.limit = current_workspace().max_follow_ups if counts else None
        self.seal, self.reached = cipher(), set[UUID]()
        self.reaches_real = channel != "sms" or getattr(transports.sms_transport(), "reaches_real_phones", True)

    def reason(self, row: Any) -> str | None:
        """Why the lead of a row gets nothing, as a code, or None."""
        if row is None:
            return "gone"
        if row.shelf != "desk":
            return "not_on_desk"
        if row.contact_id in self.reached:
            return "same_person"
        found = self._of_address(row) or self._of_person(row)
        if found is None:
            self.reached.add(row.contact_id)
        return found

    def _of_address(self, row: Any) -> str | None:
        if row.address is None:
            return "no_email" if self.channel == "email" else "no_number"
        if self.channel == "email":
            return None  # a contact keeps no address but one that could be read; reading it again would take longest
        number = self.seal.open(row.address, "contacts", "phone_sealed", row.contact_id) or ""
        if number.startswith("+44") and not number.startswith("+447"):
            return "no_mobile"
        phone = phones.parse(number)
        if phone is None:
            return "bad_address"
        if phone.kind != "mobile":
            return "no_mobile"
        return "drama_number" if phone.is_drama and self.reaches_real else None

    def _of_person(self, row: Any) -> str | None:
        if row.suppressed is not None:
            return "bounced" if row.suppressed == "bounced" else "opted_out"
        if self.purpose == "marketing" and not row.agreed:
            return "no_consent"
        if self.limit is not None and row.follow_up_count >= self.limit:
            return "enough_attempts"
        if row.just_sent:
            return "just_sent"
        return row.lacks


def _query(
    lead_ids: list[UUID], channel: str, purpose: str, variables: frozenset[str], template_key: str | None
) -> Select[Any]:  # fmt: skip
    key = Contact.email_key if channel == "email" else Contact.phone_key
    agreed = _agreed(channel).label("agreed") if purpose == "marketing" else literal(True).label("agreed")
    return (
        select(
            Lead.id, Lead.contact_id, Lead.shelf, Lead.follow_up_count, Contact.name_sealed,
            (Contact.email_sealed if channel == "email" else Contact.phone_sealed).label("address"),
            Suppression.reason.label("suppressed"), agreed, _lacks(variables).label("lacks"),
            _just_sent(template_key).label("just_sent"),
        )
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
        .outerjoin(
            Suppression,
            and_(
                Suppression.workspace_id == Lead.workspace_id, Suppression.channel == channel,
                Suppression.address_key == key,
            ),
        )
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
    )  # fmt: skip


def _agreed(channel: str) -> Any:
    """The person's last word about advertising by the channel; none is no."""
    return (
        select(Consent.granted)
        .where(
            Consent.workspace_id == Lead.workspace_id, Consent.contact_id == Lead.contact_id,
            Consent.channel == channel, Consent.purpose == "marketing",
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(Lead)
        .scalar_subquery()
    )  # fmt: skip


def _just_sent(template_key: str | None) -> ColumnElement[bool]:
    """Whether the person was sent the same words within a day: pressed twice, or by two of us."""
    if template_key is None:
        return false()
    return exists().where(
        Message.workspace_id == Lead.workspace_id, Message.contact_id == Lead.contact_id,
        Message.template_key == template_key, Message.created_at > utcnow() - _A_DAY,
        Message.state.not_in(("cancelled", "refused", "failed")),
    )  # fmt: skip


def _asked_for(words: str) -> frozenset[str]:
    return frozenset(_VARIABLE.findall(words))


def _lacks(variables: frozenset[str]) -> ColumnElement[Any]:
    """Which value of the template's variables the lead does not have, as a code, or NULL."""
    missing = [(rule, f"no_{name}") for name, rule in _MISSING.items() if name in variables]
    if variables & set(_OFFER):
        held = exists().where(
            Quote.workspace_id == Lead.workspace_id, Quote.lead_id == Lead.id, Quote.state == "sent",
            Quote.revoked_at.is_(None),
        )  # fmt: skip
        missing.append((~held, "no_quote"))
    return case(*((rule, literal(code)) for rule, code in missing), else_=null()) if missing else null()


def _examples(reasons: dict[UUID, str | None], rows: dict[UUID, Any]) -> list[LeftOut]:
    named: Counter[str] = Counter()
    found = []
    for lead_id, reason in _left_out(reasons):
        if lead_id not in rows or named[reason] >= NAMED:
            continue
        named[reason] += 1
        row = rows[lead_id]
        found.append(
            LeftOut(lead_id, cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id), reason)
        )
    return found


def _left_out(reasons: dict[UUID, str | None]) -> Iterable[tuple[UUID, str]]:
    return ((lead_id, reason) for lead_id, reason in reasons.items() if reason)
