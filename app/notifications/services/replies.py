"""Who is told of what comes in: replies, missed calls, mails that came back, and what nobody could place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.models import Conversation
from app.notifications.models import Notification
from app.notifications.services.reacting import managers, responsible, works_on
from app.notifications.services.telling import notify

_TOLD_OF_A_REPLY = ("channel", "triage", "rung", "frequency", "price_minor", "wants_out")


def tell_reply(event: Event) -> None:
    """The reaction to a customer's answer: whoever has the conversation, or else is responsible for the lead.

    Who has the conversation but does not see this lead of the contact is not told. One that waits to be placed is told
    as such, a STOP as a wish, and a chase that rests for another lead's sake is no news.
    """
    data = event.data
    if data.get("is_of_other_lead") or data.get("arrival_id") or (data.get("wants_out") and data["triage"] == "no"):
        return
    kind = "reply_unclear" if data.get("triage") == "unclear" else "reply"
    _tell(event, kind, {name: data[name] for name in _TOLD_OF_A_REPLY if data.get(name)})


def tell_missed_call(event: Event) -> None:
    """The reaction to a call of a known customer that nobody took."""
    _tell(event, "missed_call", {})


def tell_bounced(event: Event) -> None:
    """The reaction to a mail that came back."""
    _tell(event, "bounced", {"is_final": bool(event.data.get("is_final"))})


def tell_arrival(event: Event) -> None:
    """The reaction to what waits to be placed: the managers, once until they have looked."""
    if event.data.get("why") == "machine":
        return
    with seeing_all():
        people = managers()
        knowing = set(
            db.session.scalars(
                select(Notification.user_id).where(
                    Notification.workspace_id == current_workspace_id(), Notification.user_id == one_among(people),
                    Notification.read_at.is_(None), Notification.kind == fixed("arrival_waiting"),
                )
            )
        )  # fmt: skip
        for user_id in people:
            if user_id not in knowing:
                notify(user_id, "arrival_waiting", actor=event.actor, data={"channel": event.data.get("channel")})


def tell_provider_failed(event: Event) -> None:
    """The reaction to a mail server, SMS service or mailbox that lets us in no more: the managers."""
    with seeing_all():
        for user_id in managers():
            data = {"channel": event.data["channel"], "error": event.data["error"]}
            notify(user_id, "provider_failed", actor=event.actor, data=data)


def _tell(event: Event, kind: str, data: Mapping[str, Any]) -> None:
    if event.lead_id is None:
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        for user_id in _who(lead):
            notify(user_id, kind, lead=lead, actor=event.actor, data=data)


def _who(lead: Lead) -> list[UUID]:
    owner_id = db.session.scalar(
        select(Conversation.owner_id).where(
            Conversation.workspace_id == current_workspace_id(), Conversation.contact_id == lead.contact_id
        )
    )
    return [owner_id] if owner_id and works_on(owner_id, lead) else responsible(lead)
