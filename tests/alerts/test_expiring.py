"""A quote that is about to end is told by mail to who can still do something about it."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.events import Event, publish
from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging.models import Message


@pytest.mark.parametrize(("owner", "reader"), [("bob", "bob"), (None, "alice")])
def test_who_looks_after_it_is_mailed(world: Any, make_lead: Any, owner: str | None, reader: str) -> None:
    lead = make_lead(name="Hannah Cole", owner_id=world.people[owner].user_id if owner else None)
    data = {"quote_id": str(lead.id), "number": "Q-1", "valid_until": "2026-12-08", "was_sent": False}
    publish(Event("quote.expiring", lead.workspace_id, SYSTEM, "quote", lead.id, lead_id=lead.id, data=data))
    db.session.commit()
    mails = db.session.scalars(select(Message).where(Message.lead_id.is_(None))).all()
    assert [(each.recipient, each.subject) for each in mails] == [
        (world.people[reader].email, "A quote is about to end")
    ]
    assert "Hannah Cole: the quote ends Tuesday 8 December; call them" in mails[0].body
