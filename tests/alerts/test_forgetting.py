"""Mails to members list customers: what is deleted for good is gone from there too."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.alerts.services import mail_enquiry
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.core.outbox import OutboxItem
from app.extensions import db
from app.leads.services import put_in_bin
from app.leads.services.emptying import delete_for_good
from app.messaging.models import Message
from app.workspaces.services import invite


@pytest.fixture
def gone(world: Any, make_lead: Callable[..., Any]) -> Any:
    """A lead in the bin, whose enquiry was mailed to the office."""
    lead = make_lead(name="Hannah Cole")
    mail_enquiry(lead.id)
    put_in_bin(lead.id, world.alice.actor)
    db.session.commit()
    return lead


def _delete(lead: Any, world: Any) -> None:
    delete_for_good([lead.id], world.alice.actor)
    db.session.commit()
    db.session.expire_all()


def _told() -> list[str]:
    return [message.body for message in db.session.scalars(select(Message).where(Message.lead_id.is_(None)))]


def test_the_mail_of_an_enquiry_goes_with_its_lead(
    world: Any, gone: Any, run_outbox: Callable[[], int], mailbox: Any
) -> None:
    assert any("Hannah Cole" in each for each in _told())
    _delete(gone, world)
    assert _told() == []
    run_outbox()  # what was to bring it has nothing to bring
    assert mailbox.mails(world.alice.email) == [] and "dead" not in set(db.session.scalars(select(OutboxItem.state)))


def test_mails_about_others_stay(world: Any, gone: Any, make_lead: Callable[..., Any]) -> None:
    """Also those that say a like thing, and the one that lists several goes with the first of them."""
    other = make_lead(name="Ivy Reed")
    mail_enquiry(other.id)
    invite("ivan@example.com", "sales", world.alice.actor, inviter_role="owner")
    lines = [MailLine(each.id, name, "waits") for each, name in ((other, "Ivy Reed"), (gone, "Hannah Cole"))]
    mail_list(world.alice.email, "Two wait", "Hello,", [MailPart("Waiting", lines)], MailFoot("Why"))
    db.session.commit()
    assert len(_told()) == 4
    _delete(gone, world)
    assert len(_told()) == 2 and not any("Hannah" in each for each in _told())
