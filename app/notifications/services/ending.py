"""Who is told of a quote that is about to end, or has: the lead's owner, or the managers where it is nobody's."""

from app.core.events import Event
from app.leads.services import get_lead
from app.notifications.services.reacting import responsible
from app.notifications.services.telling import notify

_KINDS = {"quote.expiring": "quote_expiring", "quote.expired": "quote_expired"}
_FACTS = ("quote_id", "number", "valid_until", "was_sent", "has_written")


def tell_ending(event: Event) -> None:
    """The reaction to a quote that ends soon or has ended unanswered."""
    if event.lead_id is None:
        return
    lead = get_lead(event.lead_id)
    if lead.shelf != "desk":
        return
    facts = {name: event.data[name] for name in _FACTS if name in event.data}
    for user_id in responsible(lead):
        notify(user_id, _KINDS[event.name], lead=lead, actor=event.actor, data=facts)
