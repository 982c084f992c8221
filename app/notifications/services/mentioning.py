"""Telling members that a note names them."""

from uuid import UUID

from app.core.events import Event
from app.core.tenancy import seeing_all
from app.leads.services import get_lead
from app.notifications.services.telling import notify


def tell_mentioned(event: Event) -> None:
    """The reaction to a note: everyone it names after an @ is told, the writer aside."""
    if event.lead_id is None or not event.data.get("mentions"):
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        for user_id in event.data["mentions"]:
            notify(UUID(str(user_id)), "mention", lead=lead, actor=event.actor)
