"""A conversation and something that waits to be placed, for the addresses of the inbox."""

import secrets
from uuid import UUID

from sqlalchemy import select

from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Conversation
from app.messaging.services import compose


def conversation(lead: Lead, actor: Actor) -> UUID:
    """The one with the lead's contact."""
    compose(lead, "email", recipient="ivy@example.com", subject="Hello", body="Good day", actor=actor)
    return db.session.scalars(select(Conversation.id).where(Conversation.contact_id == lead.contact_id)).one()


def arrival(lead: Lead, actor: Actor) -> UUID:
    """A text from somebody unknown."""
    arrived = Arrival(
        channel="sms", arrival_key=secrets.token_bytes(16), sender="+447700900555", body="Do you do gutters?",
        candidate_ids=[lead.id], why="unknown_sender",
    )  # fmt: skip
    db.session.add(arrived)
    db.session.flush()
    return arrived.id
