"""What a new workspace starts with, as data: stages, sources, words, and what follows when a lead enters a stage.

Stages, their colours, days and final flags are those of the first customer's lead system; the rhythm of the chase
(day 3 email, day 7 call, day 14 last email, day 21 given up) is theirs too.
"""

from typing import NamedTuple

from app.messaging.defaults import TEMPLATES as TEMPLATES  # the words stand with their feature


class StageDefault(NamedTuple):
    """One stage. `days` is after how many days of silence it asks for attention, None for never."""

    key: str
    name: str
    colour: str
    description: str
    days: int | None
    is_final: bool = False


class SourceDefault(NamedTuple):
    """Where an enquiry may come from."""

    key: str
    name: str
    category: str


STAGES = (
    StageDefault("new", "New lead", "#3B82F6", "A fresh enquiry nobody has answered yet", 1),
    StageDefault("contacted", "Contacted", "#10B981", "Spoken to; finding out what is wanted", 2),
    StageDefault("quote_requested", "Quote requested", "#F59E0B", "Wants a price or a visit", 1),
    StageDefault("quote_sent", "Quote sent", "#8B5CF6", "Has our price; no answer yet", 7),
    StageDefault("negotiating", "Negotiating", "#F97316", "Price, rhythm or details under discussion", 3),
    StageDefault("follow_up_1", "First follow-up", "#EF4444", "Chased once", 7),
    StageDefault("follow_up_2", "Second follow-up", "#DC2626", "Chased twice", 14),
    StageDefault("hot_lead", "Hot lead", "#059669", "About to say yes", 2),
    StageDefault("ready_for_squeegee", "Ready for Squeegee", "#06B6D4", "Said yes; to be handed over", None),
    StageDefault("transferred_to_squeegee", "In Squeegee", "#10B981", "Handed over; no first date yet", None, True),
    StageDefault("booking_confirmed", "Booked", "#059669", "The first clean has a date", None, True),
    StageDefault("declined", "Declined", "#6B7280", "Said no", None, True),
    StageDefault("lost_contact", "No response", "#374151", "Not reached after several tries", None, True),
    StageDefault("not_in_area", "Outside our area", "#9CA3AF", "Lives where we do not go", None, True),
)

SOURCES = (
    SourceDefault("website_form", "Website form", "digital"),
    SourceDefault("google", "Google", "digital"),
    SourceDefault("facebook", "Facebook", "digital"),
    SourceDefault("phone", "Phone call", "traditional"),
    SourceDefault("email", "Email", "digital"),
    SourceDefault("referral", "Recommended", "referral"),
    SourceDefault("returning", "Returning customer", "repeat"),
    SourceDefault("leaflet", "Leaflet", "traditional"),
    SourceDefault("van", "Saw the van", "traditional"),
    SourceDefault("doorstep", "Doorstep", "traditional"),
)

CONSENT_WORDING = (
    "You may tell me about offers and other services now and then. I can say stop at any time, and it does not"
    " affect my quote."
)

THANK_YOU = "Thank you. We have your enquiry and answer within one working day."

QUOTE_TERMS = (
    "We clean in light rain; it does no harm to the result.\n"
    "Visits may drift by up to a week. We text the evening before.\n"
    "Please leave side gates unlocked. If we are turned away at the door, the visit is charged in full.\n"
    "If something is not right, tell us within 24 hours and we clean it again for nothing.\n"
    "Payment is due within 14 days."
)
