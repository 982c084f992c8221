"""Mails to a member who is shut out meanwhile: lists of customers that wait to leave are not for them any more."""

from sqlalchemy import select

from app.accounts.models import User
from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message
from app.messaging.services.stopping import take_back
from app.workspaces.models import Membership


def stop_members_mails(event: Event) -> None:
    """The reaction to a member who was deactivated: alerts and digests that have not left to them stay here."""
    here = current_workspace_id()
    email = db.session.scalar(
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == here, Membership.id == event.subject_id)
    )
    waiting = select(Message).where(
        Message.workspace_id == here, Message.lead_id.is_(None), Message.contact_id.is_(None),
        Message.channel == fixed("email"), Message.direction == fixed("out"),
        Message.state.in_([fixed("queued"), fixed("sending")]),
    )  # fmt: skip
    theirs = [each.id for each in db.session.scalars(waiting) if each.recipient == email]
    if theirs:
        take_back(select(Message.id).where(Message.workspace_id == here, Message.id == one_among(theirs)), event.actor)
