"""The questions of the public form as data: choices in the words a customer reads, lengths, and what is said when
an answer can't be taken. Page, script and server all take them from here.
"""

from app.contacts.models import BEDROOMS
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES

PROPERTY_TYPES = {
    "terraced": "Terraced",
    "semi": "Semi",
    "detached": "Detached",
    "bungalow": "Bungalow",
    "townhouse": "Town house",
    "flat": "Flat",
    "commercial": "Business",
}
BEDROOM_CHOICES = {key: key.replace("-", "–") for key in BEDROOMS}
SERVICE_CHOICES = {
    "window_cleaning": "Window cleaning",
    "gutter_clearing": "Gutter clearing",
    "fascia_soffit": "Fascias and soffits",
    "conservatory": "Conservatory",
    "solar_panels": "Solar panels",
    "other": "Something else",
}
#: "unsure" is an honest answer; the lead then has no frequency, and the raw answer says why.
FREQUENCY_CHOICES = {
    "4_weekly": ("Every 4 weeks", "always clear"),
    "6_weekly": ("Every 6 weeks", "in between"),
    "8_weekly": ("Every 8 weeks", "regular"),
    "12_weekly": ("Every 12 weeks", "seasonal"),
    "one_off": ("Just once", "a single clean"),
    "unsure": ("Not sure yet", "we can advise"),
}
EXTRA_CHOICES = {
    "inside": "Inside the windows",
    "conservatory": "Conservatory",
    "conservatory_roof": "Conservatory roof",
    "extension": "Extension",
    "gutters": "Gutters",
    "fascia": "Fascias and soffits",
    "solar": "Solar panels",
    "velux": "Roof windows",
}
METHOD_CHOICES = {"any": "Whatever is easiest", "phone": "Phone call", "sms": "Text message", "email": "Email"}

#: The boxes that agree to marketing, one for each channel, beneath the form's own explanation.
CHANNEL_CHOICES = {"email": "By email", "sms": "By text message"}

#: Services that are usually repeated, so that "how often" must be answered; for the others it may be left out.
REGULAR_SERVICES = ("window_cleaning", "solar_panels", "conservatory")

#: Single answers with the most characters that are taken.
LENGTHS = {
    "postcode": 20, "property_type": 20, "bedrooms": 10, "service": 30, "frequency": 20, "wishes": 2000,
    "access_notes": 1000, "preferred_method": 10, "name": 120, "phone": 60, "email": 254, "address_line1": 120,
    "town": 80, "marketing_email": 1, "marketing_sms": 1,
}  # fmt: skip
#: Answers whose line breaks are kept.
LONG_TEXTS = ("wishes", "access_notes")

MESSAGES = {
    "postcode": {
        "missing": "Enter your postcode, like BA5 2QJ",
        "wrong": "That is not a UK postcode. Enter it like BA5 2QJ",
    },
    "property_type": {"missing": "Choose what kind of place it is"},
    "bedrooms": {"missing": "Choose how many bedrooms there are"},
    "service": {"missing": "Choose what we should clean"},
    "frequency": {"missing": "Choose how often we should come"},
    "extras": {"missing": "Choose from the list"},
    "preferred_method": {"missing": "Choose how we should get in touch"},
    "name": {"missing": "Enter your name"},
    "phone": {
        "missing": "Enter a phone number or an email address",
        "wrong": "That is not a phone number we can ring. Enter it like 07700 900123",
        "asked": "Enter a phone number, since you would like a call or a text",
    },
    "email": {
        "wrong": "That is not an email address. Enter it like name@example.com",
        "asked": "Enter an email address, since you would like an email",
    },
}

HONEYPOT = "homepage"


def _cards(choices: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "title": title} for value, title in choices.items()]


#: The same choices as the page's option cards want them.
property_cards = _cards(PROPERTY_TYPES)
bedroom_cards = _cards(BEDROOM_CHOICES)
extra_cards = _cards(EXTRA_CHOICES)
method_cards = _cards(METHOD_CHOICES)
frequency_cards = [{"value": value, "title": title, "text": text} for value, (title, text) in FREQUENCY_CHOICES.items()]


def choice_keys_match_the_model() -> bool:
    """Whether every choice is one that a lead can hold (asked by a test, so that the two lists can't drift)."""
    return (
        tuple(SERVICE_CHOICES) == SERVICES
        and set(FREQUENCY_CHOICES) - {"unsure"} == set(FREQUENCIES)
        and tuple(EXTRA_CHOICES) == EXTRAS
    )


def too_long(limit: int) -> str:
    """What is said about an answer of more than `limit` characters."""
    return f"Keep this to {limit:,} characters or fewer"


def marketing_wording(explanation: str, channel: str) -> str:
    """What a ticked box agreed to, as kept in the ledger: the form's own explanation and the words beside the box."""
    return f"{explanation} {CHANNEL_CHOICES[channel]}."
