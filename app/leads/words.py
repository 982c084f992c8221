"""The trade's words for what the database keeps as keys: one place for pages, messages and the timeline."""

from collections.abc import Iterable

PROPERTY_WORDS = {
    "terraced": "terrace", "semi": "semi", "detached": "detached", "bungalow": "bungalow", "townhouse": "townhouse",
    "flat": "flat", "commercial": "business",
}  # fmt: skip
SERVICE_WORDS = {
    "window_cleaning": "Window cleaning", "gutter_clearing": "Gutter clearing", "fascia_soffit": "Fascias and soffits",
    "conservatory": "Conservatory", "solar_panels": "Solar panels", "other": "Something else",
}  # fmt: skip
FREQUENCY_WORDS = {
    "4_weekly": "Every 4 weeks", "6_weekly": "Every 6 weeks", "8_weekly": "Every 8 weeks",
    "12_weekly": "Every 12 weeks", "one_off": "Just once",
}  # fmt: skip
#: Stands in a file beside a price for the rhythm that nobody has asked yet.
NOT_KNOWN = "Not known"
EXTRA_WORDS = {
    "inside": "Inside too", "conservatory": "Conservatory", "conservatory_roof": "Conservatory roof",
    "extension": "Extension", "gutters": "Gutters", "fascia": "Fascias and soffits", "solar": "Solar panels",
    "velux": "Velux windows",
}  # fmt: skip
PRIORITY_WORDS = {"low": "Low", "normal": "Normal", "high": "High", "urgent": "Urgent"}
#: What makes visits fail, of contacts.models.ACCESS_FACTS.
ACCESS_WORDS = {
    "locked_gate": "Locked gate", "dog": "Dog", "no_parking": "Hard to park",
    "over_conservatory": "Windows above a conservatory",
}  # fmt: skip
TIME_WORDS = {"any": "Any time", "morning": "Mornings", "afternoon": "Afternoons", "evening": "Evenings"}
METHOD_WORDS = {"any": "No preference", "phone": "Phone", "email": "Email", "sms": "Text message"}
BEDROOM_WORDS = {"1-2": "1 or 2", "3": "3", "4": "4", "5": "5", "6+": "6 or more"}
#: Why a lead was lost. The keys that customers give on a quote (quotes/services/answering.py) are among them.
DECLINE_WORDS = {
    "someone_else": "Has a cleaner", "does_it_alone": "Cleans them alone", "too_expensive": "Too dear",
    "not_now": "Not now", "moved": "Moved away", "not_needed": "No longer needed", "no_contact": "Wants no contact",
    "other": "Another reason",
}  # fmt: skip

#: The words for each choice, by the fact's name.
CHOICE_WORDS = {
    "property_type": {key: word.capitalize() for key, word in PROPERTY_WORDS.items()},
    "bedrooms": BEDROOM_WORDS,
    "service": SERVICE_WORDS,
    "frequency": FREQUENCY_WORDS,
    "priority": PRIORITY_WORDS,
    "preferred_method": METHOD_WORDS,
    "preferred_time": TIME_WORDS,
}
#: The same for facts of which several may hold.
SEVERAL_WORDS = {"extras": EXTRA_WORDS, "access_facts": ACCESS_WORDS}
#: What an empty column says of the leads that come to stand in it, by the key of its stage.
EMPTY_STAGE_WORDS = {
    "new": "New enquiries land here.",
    "contacted": "Move a lead here once you have spoken.",
    "quote_requested": "Leads that want a price stand here.",
    "quote_sent": "A lead comes here by itself when its quote is sent.",
    "negotiating": "Leads whose price or details are under discussion stand here.",
    "follow_up_1": "Leads chased once stand here.",
    "follow_up_2": "Leads chased twice stand here.",
    "hot_lead": "Leads about to say yes stand here.",
    "ready_for_squeegee": "A lead comes here by itself when its quote is accepted.",
}
_SHORT_RHYTHM = {
    "4_weekly": "4-weekly", "6_weekly": "6-weekly", "8_weekly": "8-weekly", "12_weekly": "12-weekly",
    "one_off": "One-off",
}  # fmt: skip


def decline_words(reason: str | None) -> str:
    """Why a lead was lost, in the words that are offered when it is; what came from elsewhere as it came."""
    return DECLINE_WORDS.get(reason or "", (reason or "").replace("_", " ").capitalize())


def often(frequency: str | None) -> str:
    """How often, inside a sentence: "every 8 weeks", "once"; "" while it is not known."""
    return "once" if frequency == "one_off" else FREQUENCY_WORDS.get(frequency or "", "").lower()


def access_words(facts: Iterable[str], notes: str | None) -> str:
    """How one gets to the windows, what is ticked in front of what was written; "" when nothing is known."""
    ticked = ", ".join(ACCESS_WORDS.get(each, each) for each in facts)
    return "\n".join(part for part in (ticked, (notes or "").strip()) if part)


def rhythm(service: str, frequency: str | None) -> str:
    """How often, in one word, with the service when it is not the usual one: "8-weekly", "One-off gutter clearing"."""
    often = _SHORT_RHYTHM.get(frequency or "", "")
    if service == "window_cleaning":
        return often or "Window cleaning"
    name = SERVICE_WORDS.get(service, service)
    return f"{often} {name.lower()}" if often else name
