"""What can be done with leads. One file a verb; this page lists them."""

from app.leads.queries.facts import FACTS, Fact
from app.leads.queries.stages import stages
from app.leads.services.creating import ConsentGiven, LeadDraft, create_lead
from app.leads.services.facts import change_fact
from app.leads.services.moving import move_to_stage
from app.leads.services.reacting import (
    advance_to_booking_confirmed,
    advance_to_quote_sent,
    advance_to_ready,
    advance_to_transferred,
    move_to_declined,
)
from app.leads.services.reading import get_lead, stage_by_key

__all__ = [
    "FACTS", "ConsentGiven", "Fact", "LeadDraft", "advance_to_booking_confirmed", "advance_to_quote_sent",
    "advance_to_ready", "advance_to_transferred", "change_fact", "create_lead", "get_lead", "move_to_declined",
    "move_to_stage", "stage_by_key", "stages",
]  # fmt: skip
