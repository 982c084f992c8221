"""Turning domain events into live topics for open pages."""

from app.core.events import Event
from app.core.fragments import topic
from app.core.live import announce


def tell_pages(event: Event) -> None:
    """The reaction to every event: the lead it belongs to, and what the event itself names."""
    topics = set(event.topics)
    if event.lead_id is not None:
        topics.add(topic("lead", event.lead_id))
    if topics:
        announce(topics)
