"""How much was written of one kind lately: what goes to numbers that anybody may have typed has an end."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select

from app.contacts.models import Contact
from app.core import email_addresses, phones
from app.core.clock import utcnow
from app.core.keyring import search_index
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message

_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)


def were_many(template_key: str, most: int, *which: ColumnElement[bool]) -> bool:
    """Whether `most` messages or more were written in these words within the last hour, of those that are `which`."""
    lately = select(Message.id).where(
        Message.workspace_id == current_workspace_id(), Message.template_key == template_key,
        Message.created_at > utcnow() - _AN_HOUR, *which,
    )  # fmt: skip
    return len(db.session.scalars(lately.limit(most)).all()) >= most


def has_had_many(template_key: str, channel: str, recipient: str, most: int) -> bool:
    """Whether whoever has this address or number was written to in these words `most` times or more within a day, as
    whichever of our contacts.
    """
    if channel == "email":
        email = email_addresses.parse(recipient)
        theirs = Contact.email_key == (search_index().exact("email", email) if email else None)
    else:
        phone = phones.parse(recipient)
        theirs = Contact.phone_key == (search_index().exact("phone", phone.match_key) if phone else None)
    here = current_workspace_id()
    lately = (
        select(Message.id)
        .join(Contact, (Contact.workspace_id == Message.workspace_id) & (Contact.id == Message.contact_id))
        .where(
            Contact.workspace_id == here, theirs, Message.workspace_id == here, Message.template_key == template_key,
            Message.channel == channel, Message.created_at > utcnow() - _A_DAY,
        )
    )  # fmt: skip
    return len(db.session.scalars(lately.limit(most)).all()) >= most
