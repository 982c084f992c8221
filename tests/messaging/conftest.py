"""A lead whose own follow-ups are out of the way, and a short way to write to it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core import outbox
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Sequence
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.services import compose


@pytest.fixture
def lead(world: Any, make_lead: Callable[..., Any]) -> Any:
    """A lead of Hannah Cole's, in a workspace that plans nothing by itself."""
    for sequence in db.session.scalars(select(Sequence)):
        sequence.is_active = False
    db.session.commit()
    return make_lead(email="hannah.cole@example.com", phone="07700 900318")


@pytest.fixture
def write(lead: Any) -> Callable[..., Message]:
    """Compose and commit a message to the lead: `write("sms", body=...)`."""

    def write_it(channel: str = "email", **given: Any) -> Message:
        recipient = lead.contact.email if channel == "email" else lead.contact.phone
        given = {"recipient": recipient, "subject": "Your windows", "body": "Hello Hannah", "actor": SYSTEM} | given
        message = compose(lead, channel, **given)
        db.session.commit()
        return message

    return write_it


@pytest.fixture
def state_of() -> Callable[[Message], tuple[str, str | None]]:
    """The state and the error of a message as the database has them."""

    def read(message: Message) -> tuple[str, str | None]:
        return tuple(db.session.execute(select(Message.state, Message.error).where(Message.id == message.id)).one())

    return read


@pytest.fixture
def attempts_of() -> Callable[[Message], list[str]]:
    """How each attempt to send a message ended, the first first."""

    def read(message: Message) -> list[str]:
        query = select(DeliveryAttempt.outcome).where(DeliveryAttempt.message_id == message.id)
        return list(db.session.scalars(query.order_by(DeliveryAttempt.attempt)))

    return read


@pytest.fixture
def work_of() -> Callable[[Any], list[tuple[str, int]]]:
    """State and attempts of the work on a subject."""

    def read(subject_id: Any) -> list[tuple[str, int]]:
        query = select(outbox.OutboxItem.state, outbox.OutboxItem.attempts)
        query = query.where(outbox.OutboxItem.subject_id == subject_id).order_by(outbox.OutboxItem.created_at)
        return [tuple(row) for row in db.session.execute(query)]

    return read
