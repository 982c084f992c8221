"""What can be done with leads. One file a verb; this page lists them."""

from app.leads.queries.facts import FACTS, Fact
from app.leads.services.creating import ConsentGiven, LeadDraft, create_lead, faults_of
from app.leads.services.emptying import delete_for_good
from app.leads.services.facts import change_fact, change_facts
from app.leads.services.handing_out import give_to, set_priority
from app.leads.services.moving import DECLINED, move_to_stage, take_back
from app.leads.services.reacting import (
    advance_to_booking_confirmed,
    advance_to_quote_sent,
    advance_to_ready,
    advance_to_transferred,
    move_to_declined,
)
from app.leads.services.reading import get_lead, get_stage, locked_leads, stage_by_key
from app.leads.services.returning import REASONS, return_date
from app.leads.services.shelving import archive, bring_back, put_in_bin, put_on_shelf, restore
from app.leads.services.starring import star
from app.leads.services.tagging import TagDoubted, add_tag, get_tag, remove_tag, tag_fault, tag_named

__all__ = [
    "DECLINED", "FACTS", "REASONS", "ConsentGiven", "Fact", "LeadDraft", "TagDoubted", "add_tag",
    "advance_to_booking_confirmed", "advance_to_quote_sent", "advance_to_ready", "advance_to_transferred", "archive",
    "bring_back", "change_fact", "change_facts", "create_lead", "delete_for_good", "faults_of", "get_lead", "get_stage",
    "get_tag", "give_to", "locked_leads", "move_to_declined", "move_to_stage", "put_in_bin", "put_on_shelf",
    "remove_tag", "restore", "return_date", "set_priority", "stage_by_key", "star", "tag_fault", "tag_named",
    "take_back",
]  # fmt: skip
