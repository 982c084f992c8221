"""Calls of people who are deleted: nothing holds them but the line on the lead, and what came in with their number."""

from uuid import UUID

from sqlalchemy import delete, select

from app.activities.models import Activity
from app.core import phones
from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.messaging.models import Arrival, Message
from app.messaging.services.calls import TEMPLATE


def forget_calls(event: Event) -> None:
    """The reaction to leads being deleted for good: the numbers that rang about them, and the texts that went back to
    these before anybody knew whose they were.

    A call has no message that would take it along. It stands on its lead with the moment at which it came.
    """
    here, gone = current_workspace_id(), one_among(UUID(each) for each in event.data["lead_ids"])
    with seeing_all():
        rang_at = select(Activity.at).where(
            Activity.workspace_id == here, Activity.lead_id == gone, Activity.event == "call.missed"
        )
        calls = db.session.scalars(
            select(Arrival).where(
                Arrival.workspace_id == here, Arrival.state == fixed("placed"), Arrival.channel == fixed("call"),
                Arrival.received_at.in_(rang_at),
            )
        ).all()  # fmt: skip
        if not calls:
            return
        numbers = {phone.e164 for call in calls if (phone := phones.parse(call.sender))}
        texts = db.session.scalars(
            select(Message).where(
                Message.workspace_id == here, Message.lead_id.is_(None), Message.template_key == TEMPLATE,
                Message.created_at >= min(call.received_at for call in calls),
            )
        )  # fmt: skip
        theirs = [text.id for text in texts if text.recipient in numbers]
        for model, ids in ((Arrival, [call.id for call in calls]), (Message, theirs)):
            them = delete(model).where(model.workspace_id == here, model.id == one_among(ids))
            db.session.execute(them.execution_options(synchronize_session=False))
