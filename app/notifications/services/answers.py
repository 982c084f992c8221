"""Who is told of what a customer or Squeegee says: the reactions to answers, questions, times and changed details."""

from collections.abc import Mapping
from typing import Any

from app.core.events import Event
from app.core.tenancy import seeing_all
from app.leads.services import get_lead
from app.notifications.services.reacting import responsible
from app.notifications.services.telling import notify


def tell_answer(event: Event) -> None:
    """The reaction to a quote that was accepted or declined."""
    told = ("number", "price_minor", "frequency", "reason", "stands")
    data = {name: event.data[name] for name in told if name in event.data}
    _tell(event, "quote_answered", {"answer": event.name.removeprefix("quote."), **data})


def tell_question(event: Event) -> None:
    """The reaction to a question asked on the customer's page."""
    _tell(event, "quote_question", {"number": event.data.get("number")})


def tell_slot_taken(event: Event) -> None:
    """The reaction to a visit that a customer booked; who is sent there is told as well."""
    if event.actor.kind == "customer":
        _tell(event, "slot_taken", {"when": event.data.get("when")}, also=event.data.get("user_id"))


def tell_details(event: Event) -> None:
    """The reaction to facts that a customer put right by themselves."""
    if event.actor.kind == "customer" and event.data.get("fact"):
        _tell(event, "details_changed", {"facts": event.data.get("facts") or [event.data["fact"]]})


def tell_corrected(event: Event) -> None:
    """The reaction to the note of what a customer put right by sending the form's page once more."""
    if event.data.get("sent_again"):
        _tell(event, "details_changed", {"form": True})


def tell_booking_differs(event: Event) -> None:
    """The reaction to Squeegee naming another first clean than the lead has."""
    _tell(event, "booking_differs", {name: event.data.get(name) for name in ("theirs", "ours")})


def tell_wishes(event: Event) -> None:
    """The reaction to what a customer wants to be written to about."""
    _tell(event, "details_changed", {"wishes": True})


def _tell(event: Event, kind: str, data: Mapping[str, Any], *, also: str | None = None) -> None:
    """Tell the lead's owner, or the managers where it is nobody's."""
    if event.lead_id is None:
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        people = responsible(lead)
        if also and also not in map(str, people):
            people.append(type(lead.id)(also))
        for user_id in people:
            notify(user_id, kind, lead=lead, actor=event.actor, data=data)
