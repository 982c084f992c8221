"""Opt-outs that people tell us of, and taking them back when the person asks for messages again."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.contacts.models import Contact
from app.core import email_addresses, phones
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Suppression
from app.messaging.queries.opt_outs import OptOut, one_opt_out, opt_outs_of
from app.messaging.services.stop_words import opt_in, opt_out
from app.messaging.services.suppressing import address_key

#: How one may have been asked to write again: the code that the ledger keeps, and its words.
WAYS_BACK = {"called": "On the phone", "wrote": "In writing", "met": "In person", "mended": "The address was put right"}
_CARRIERS = "Only the person can take this back: by texting START to our number. Until then the carrier blocks us."
#: Nobody has more leads than that at one address.
_MOST = 50


def read_address(typed: str) -> tuple[str, str]:
    """The channel and the address that somebody typed: an email address, or a mobile number. Raises Invalid."""
    typed = typed.strip()
    if "@" in typed:
        email = email_addresses.parse(typed)
        if email:
            return "email", email
    phone = phones.parse(typed)
    if phone is None:
        raise Invalid({"address": "Enter an email address or a phone number."})
    return "sms", phone.e164


def look_up(typed: str) -> list[OptOut]:
    """The entry of an address, if there is one. Raises Invalid for what is no address."""
    channel, address = read_address(typed)
    return [each for each in opt_outs_of([address_key(channel, address)]) if each.channel == channel]


def add_opt_out(typed: str, actor: Actor) -> OptOut:
    """Never write to an address again, as somebody asked one of us. Once more changes nothing.

    It is kept in the consent ledger and on the leads of whoever has the address; what is planned by the channel ends.
    Raises Invalid.
    """
    channel, address = read_address(typed)
    if channel == "sms" and phones.parse(address).kind != "mobile":  # type: ignore[union-attr]
        raise Invalid({"address": "This is a landline. It gets no texts, so there is nothing to opt out of."})
    key = address_key(channel, address)
    with seeing_all():
        opt_out(channel, address, leads_at(channel, key), actor, source="person")
        db.session.flush()
        found = next(each for each in opt_outs_of([key]) if each.channel == channel)
    _tell("suppression.added", found, actor, {"reason": found.reason})
    return found


def take_back(suppression_id: UUID, way: str, actor: Actor) -> None:
    """Write to an address again, since its owner asked for it, by one of WAYS_BACK.

    Raises NotFound, Invalid without a way, Conflict for a STOP, which stands at the carrier.
    """
    if way not in WAYS_BACK:
        raise Invalid({"way": "Choose how they asked for it."})
    found, key = one_opt_out(suppression_id)
    if found.is_carriers:
        raise Conflict(_CARRIERS)
    with seeing_all():
        leads = leads_at(found.channel, key)
        if leads:
            contact = leads[0].contact
            address = contact.email if found.channel == "email" else contact.phone
            opt_in(found.channel, str(address), leads, actor, source=way)
    db.session.execute(
        delete(Suppression).where(
            Suppression.workspace_id == current_workspace_id(), Suppression.id == suppression_id
        )
    )  # fmt: skip
    _tell("suppression.removed", found, actor, {"reason": found.reason, "way": way})


def leads_at(channel: str, key: bytes) -> list[Lead]:
    """The leads of the contacts that have an address, the newest first."""
    column = Contact.email_key if channel == "email" else Contact.phone_key
    here = current_workspace_id()
    contacts = db.session.scalars(select(Contact.id).where(Contact.workspace_id == here, column == key).limit(_MOST))
    query = select(Lead).where(Lead.workspace_id == here, Lead.contact_id == one_among(contacts.all()))
    return list(db.session.scalars(query.order_by(Lead.created_at.desc()).limit(_MOST)))


def _tell(name: str, found: OptOut, actor: Actor, data: dict[str, Any]) -> None:
    publish(
        Event(
            name, current_workspace_id(), actor, "suppression", found.id,
            data={"channel": found.channel, **data},
        )
    )  # fmt: skip
