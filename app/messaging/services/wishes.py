"""What somebody wants to be written to about, by channel and purpose, and the ledger of what they said.

Advertising needs a yes (services/marketing.py). Service messages are sent unless somebody asked for none by a channel:
then its address is suppressed, which also stops the advertising there (PECR, regulations 22 and 23).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import false, select

from app.activities.services import record_activity
from app.contacts.models import Consent, Contact
from app.contacts.services import note_consent
from app.core import phones
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Message
from app.messaging.services.marketing import marketing_channels
from app.messaging.services.suppressing import allow_again, suppress, suppressed_since, suppression_reasons
from app.workspaces.queries import current_workspace

#: Only the sender of a STOP can take it back, by START: the carrier blocks us until then.
_CARRIER = frozenset({"stop", "opted_out"})
#: What a person asked for by themselves; a bounce is no wish of anybody's.
_ASKED = frozenset({"asked", "unsubscribed"})
#: Templates of messages that a customer's link goes out with, and states of those that left.
_WITH_LINK, _LEFT = ("quote_email", "quote_sms"), ("sent", "delivered")
_MOST = 50
#: The page behind a customer's link, as the ledger names it.
_PAGE = "customer_page"
#: So long at most lies between a line of the ledger and the entry that was made with it.
_TOGETHER = timedelta(seconds=5)
_BY = {"email": "by email", "sms": "by text message"}


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing to be asked: `wording` is what the person reads, `granted` whether they agree to it now.

    `is_carriers`: a STOP stands at the phone company, so that ticking it here would change nothing. `is_anothers`: the
    address was shut and is somebody else's too, who may be the one that asked, or was never seen to be theirs.
    """

    channel: str
    purpose: str
    granted: bool
    wording: str
    is_carriers: bool = False
    is_anothers: bool = False

    @property
    def name(self) -> str:
        """Its field's name."""
        return f"{self.purpose}_{self.channel}"


def wishes_of(contact: Contact) -> list[Wish]:
    """What can be asked of a person: nothing about a channel that they have no address for."""
    addresses = addresses_of(contact)
    reasons, granted = suppression_reasons(addresses), marketing_channels(contact.id)
    found = []
    for channel in addresses:
        reason = reasons.get(channel)
        is_anothers = reason is not None and (
            _is_anothers_too(contact, channel)
            or (reason in _ASKED and not _is_surely_theirs(contact, channel, addresses[channel]))
        )
        found += [
            Wish(channel, "service", reason is None, wording("service", channel), reason in _CARRIER, is_anothers),
            Wish(channel, "marketing", channel in granted, wording("marketing", channel)),
        ]
    return found


def addresses_of(contact: Contact) -> dict[str, str]:
    """Channel to address. A landline gets no texts, so that it is no address for them."""
    phone = phones.parse(contact.phone) if contact.phone else None
    found = {"email": contact.email, "sms": phone.e164 if phone and phone.kind == "mobile" else None}
    return {channel: address for channel, address in found.items() if address}


def ways_to_reach(contact: Contact) -> dict[str, str]:
    """Channel to address, those left out by which nothing may be sent any more. One statement."""
    addresses = addresses_of(contact)
    shut = suppression_reasons(addresses)
    return {channel: address for channel, address in addresses.items() if channel not in shut}


def wording(purpose: str, channel: str) -> str:
    """What a person agrees to or not, as the page says it and the ledger keeps it."""
    about = "about my quote, my visits and what I ask" if purpose == "service" else "about offers and other services"
    return f"{current_workspace().name} may write to me {_BY[channel]} {about}."


def keep_wishes(lead: Lead, wanted: Mapping[tuple[str, str], bool], actor: Actor, *, source: str = _PAGE) -> list[Wish]:
    """Keep what the lead's contact wants, for each (channel, purpose) given; the changes.

    What is as it was leaves no line. Each change is a line of the consent ledger, with the wording, and together they
    are one of the timeline. `source` is a code for where it was said.
    """
    query = select(Contact).where(Contact.workspace_id == current_workspace_id(), Contact.id == lead.contact_id)
    contact = load_one(query, lock=True)
    addresses, changes = addresses_of(contact), []
    for wish in wishes_of(contact):
        granted = wanted.get((wish.channel, wish.purpose), wish.granted)
        if granted == wish.granted or wish.is_carriers or wish.is_anothers:
            continue
        note_consent(contact.id, wish.channel, wish.purpose, granted, wish.wording, source)
        if wish.purpose == "service":
            _open_or_shut(wish.channel, addresses[wish.channel], granted, source)
        changes.append(Wish(wish.channel, wish.purpose, granted, wish.wording))
    if changes:
        db.session.flush()
        record_activity(
            lead, "fact_changed", "contact.wishes_changed", actor,
            data={"changes": [[each.channel, each.purpose, each.granted] for each in changes], "source": source},
        )  # fmt: skip
    return changes


def _is_anothers_too(contact: Contact, channel: str) -> bool:
    """Whether another contact has the address as well: behind a link anyone can name one as theirs."""
    column = Contact.email_key if channel == "email" else Contact.phone_key
    theirs = select(Contact.id).where(
        Contact.workspace_id == current_workspace_id(), column == getattr(contact, column.key),
        Contact.id != contact.id,
    )  # fmt: skip
    return db.session.scalar(theirs.limit(1)) is not None


def _is_surely_theirs(contact: Contact, channel: str, address: str) -> bool:
    """Whether it is for them to say that an address, whose owner asked for no messages, is written to again: they asked
    it themselves behind their link, or the link went there.

    Whoever holds a link may have named an address that is not theirs, and of whose owner nothing is left here.
    """
    since = suppressed_since(channel, address)
    said = select(Consent.id).where(
        Consent.workspace_id == current_workspace_id(), Consent.contact_id == contact.id, Consent.channel == channel,
        Consent.purpose == "service", Consent.granted.is_(False), Consent.source == _PAGE,
        Consent.created_at.between(since - _TOGETHER, since + _TOGETHER) if since else false(),
    )  # fmt: skip
    if db.session.scalar(said.limit(1)) is not None:
        return True
    with_link = (
        select(Message)
        .where(
            Message.workspace_id == current_workspace_id(), Message.contact_id == contact.id,
            Message.channel == channel, Message.template_key.in_(_WITH_LINK), Message.state.in_(_LEFT),
        )
        .order_by(Message.created_at.desc())
        .limit(_MOST)
    )  # fmt: skip
    return any(message.recipient.lower() == address for message in db.session.scalars(with_link))


def _open_or_shut(channel: str, address: str, granted: bool, source: str) -> None:
    if granted:
        allow_again(channel, address)
    else:
        suppress(channel, address, "unsubscribed" if source == "one_click" else "asked", source=source)
