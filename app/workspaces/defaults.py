"""What a new workspace starts with, as data: stages, sources, words, and what follows when a lead enters a stage.

Stages, their colours, days and final flags are those of the first customer's lead system; the rhythm of the chase
(day 3 email, day 7 call, day 14 last email, day 21 given up) is theirs too.
"""

from typing import NamedTuple


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


class TemplateDefault(NamedTuple):
    """Words of a message; variables stand in braces."""

    key: str
    name: str
    channel: str
    subject: str
    body: str


class RuleDefault(NamedTuple):
    """What entering a stage plans: after `days` and `minutes`, in opening hours unless `any_hour`."""

    stage: str
    kind: str
    title: str
    days: int = 0
    minutes: int = 0
    any_hour: bool = False
    counts: bool = True
    template: str | None = None


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

TEMPLATES = (
    TemplateDefault(
        "acknowledgement", "We have your enquiry", "email", "We have your enquiry, {first_name}",
        "Hello {first_name},\n\nThank you for asking us about {service}. Your enquiry has reached us; its number is"
        " {lead_number}.\n\nWe answer within one working day, usually sooner. If you forgot to tell us something,"
        " just reply to this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "acknowledgement_sms", "We have your enquiry", "sms", "",
        "Hello {first_name}, thank you for asking {workspace} about {service}. We have your enquiry ({lead_number})"
        " and answer within one working day.",
    ),
    TemplateDefault(
        "not_in_area", "Outside our area", "email", "About your enquiry, {first_name}",
        "Hello {first_name},\n\nThank you for asking us about {service}. I am sorry: our rounds do not reach your"
        " street yet, so we cannot offer you a regular clean.\n\nWe keep your enquiry and will tell you should we come"
        " your way. If you would rather we did not keep it, reply with one word and it is gone.\n\nKind regards\n"
        "{workspace}",
    ),
    TemplateDefault(
        "quote_email", "Your quote", "email", "Your quote from {workspace}",
        "Hello {first_name},\n\nHere is your quote for {service}. You can look at it, choose how often we come and"
        " accept it here:\n\n{link}\n\nIt is valid until {valid_until}. A question? Ask it on that page, or reply to"
        " this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "quote_sms", "Your quote", "sms", "",
        "Hello {first_name}, your quote from {workspace} is ready: {link} It is valid until {valid_until}.",
    ),
    TemplateDefault(
        "quote_reminder_email", "Before a quote ends", "email", "Your quote ends on {valid_until}",
        "Hello {first_name},\n\nYour quote for {service} is valid until {valid_until}. Until then you can accept it at"
        " this price:\n\n{link}\n\nIf you have a question, or would rather not go ahead, you can tell us on the same"
        " page.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "quote_reminder_sms", "Before a quote ends", "sms", "",
        "Hello {first_name}, your quote from {workspace} ends on {valid_until}. You can accept it here: {link}",
    ),
    TemplateDefault(
        "chase_day_3", "Chase, day 3", "email", "Your quote for {service}",
        "Hello {first_name},\n\nA few days ago we sent you a quote for {service}. Did it reach you? Here it is again:"
        "\n\n{link}\n\nIf anything is unclear, or you would like another rhythm, reply to this email and we will put"
        " it right.\n\nKind regards\n"
        "{workspace}",
    ),
    TemplateDefault(
        "chase_last", "Chase, last", "email", "Shall we keep your place, {first_name}?",
        "Hello {first_name},\n\nWe have not heard from you about your quote for {service} and do not want to be a"
        " nuisance, so this is our last email about it.\n\nIf you would like to go ahead, you can still accept it here:"
        "\n\n{link}\n\nIf not, you need not do anything.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "sms_chase", "Chase by SMS", "sms", "",
        "Hello {first_name}, did our quote for {service} reach you? Reply here with any question. {workspace}",
    ),
    TemplateDefault(
        "quote_accepted", "You said yes", "email", "Thank you, {first_name}: what we agreed",
        "Hello {first_name},\n\nThank you for saying yes. We agreed on {price} {frequency} for {service}."
        "\n\nEverything about it stands here, with the terms and a copy to print. You can put your details right there"
        " and ask us anything:\n\n{link}\n\nYou can cancel within 14 days of accepting, without giving a reason: reply"
        " to this email or ring us. If you asked us to come sooner and then cancel, you pay only for what is done."
        "\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "times_email", "Choose a time", "email", "When shall we come, {first_name}?",
        "Hello {first_name},\n\nWe could come to you at a few times. Choose the one that suits you here:\n\n{link}\n\n"
        "None of them does? Tell us on that page, or reply to this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "times_sms", "Choose a time", "sms", "",
        "Hello {first_name}, choose the time that suits you for our visit: {link} {workspace}",
    ),
    TemplateDefault(
        "photos_email", "Send us photos", "email", "Photos of your windows, {first_name}?",
        "Hello {first_name},\n\nTwo or three photos of your house, front and back, save us a visit and you the wait for"
        " a price. You can send them from your phone here:\n\n{link}\n\nWhere they were taken is cut out of them;"
        " only we see them.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "photos_sms", "Send us photos", "sms", "",
        "Hello {first_name}, photos of your house, front and back, save us a visit: {link} {workspace}",
    ),
)  # fmt: skip

RULES = (
    RuleDefault("new", "email", "Acknowledge", any_hour=True, counts=False, template="acknowledgement"),
    RuleDefault("new", "call", "First call", days=1, counts=False),
    RuleDefault("contacted", "call", "Call again", days=2),
    RuleDefault("contacted", "task", "Decide how to go on", days=5, counts=False),
    RuleDefault("quote_requested", "task", "Write the quote", days=1, counts=False),
    RuleDefault("quote_sent", "email", "Chase, day 3", days=3, template="chase_day_3"),
    RuleDefault("quote_sent", "call", "Chase, day 7", days=7),
    RuleDefault("quote_sent", "email", "Chase, last", days=14, template="chase_last"),
    RuleDefault("quote_sent", "task", "No response: close it", days=21, counts=False),
    RuleDefault("negotiating", "call", "Call about the price", days=3),
    RuleDefault("follow_up_1", "call", "Second chase", days=7),
    RuleDefault("follow_up_2", "call", "Last call", days=14),
    RuleDefault("hot_lead", "call", "Call to book", days=1),
    RuleDefault("ready_for_squeegee", "task", "Hand over to Squeegee", days=1, counts=False),
    RuleDefault("not_in_area", "email", "Tell them kindly", any_hour=True, counts=False, template="not_in_area"),
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
