"""The questions of the public form as data: choices in the words a customer reads, lengths, and what is said when
an answer can't be taken. Page, script and server all take them from here.
"""

from app.contacts.models import BEDROOMS
from app.leads.words import CHOICE_WORDS, EXTRA_WORDS, FREQUENCY_WORDS, SERVICE_WORDS

PROPERTY_CHOICES = CHOICE_WORDS["property_type"] | {"terraced": "Terraced", "townhouse": "Town house"}
BEDROOM_CHOICES = {key: key.replace("-", "–") for key in BEDROOMS}
SERVICE_CHOICES = SERVICE_WORDS
_HINTS = {
    "4_weekly": "always clear", "6_weekly": "in between", "8_weekly": "regular", "12_weekly": "seasonal",
    "one_off": "a single clean",
}  # fmt: skip
#: Words and a hint. "unsure" is an honest answer; the lead then has no frequency, and the raw answer says why.
FREQUENCY_CHOICES = {key: (words, _HINTS[key]) for key, words in FREQUENCY_WORDS.items()} | {
    "unsure": ("Not sure yet", "we can advise")
}
EXTRA_CHOICES = EXTRA_WORDS | {"inside": "Inside the windows", "velux": "Roof windows"}
METHOD_CHOICES = {"any": "Whatever is easiest", "phone": "Phone call", "sms": "Text message", "email": "Email"}
TIME_CHOICES = {"any": "Any time", "morning": "Mornings", "afternoon": "Afternoons", "evening": "Evenings"}
#: What makes visits fail, as a customer would say it; keys are contacts.models.ACCESS_FACTS.
ACCESS_CHOICES = {
    "locked_gate": "Locked gate", "dog": "Dog in the garden", "no_parking": "Hard to park",
    "over_conservatory": "Windows above a conservatory",
}  # fmt: skip

#: The boxes that agree to marketing, one for each channel, beneath the form's own explanation.
CHANNEL_CHOICES = {"email": "By email", "sms": "By text message"}

#: Services that are usually repeated, so that "how often" must be answered; for the others it may be left out.
REGULAR_SERVICES = ("window_cleaning", "solar_panels", "conservatory")

#: Single answers with the most characters that are taken.
LENGTHS = {
    "postcode": 20, "property_type": 20, "bedrooms": 10, "service": 30, "frequency": 20, "wishes": 2000,
    "access_notes": 1000, "preferred_method": 10, "name": 120, "phone": 60, "email": 254, "address_line1": 120,
    "town": 80, "preferred_time": 10, "marketing_email": 1, "marketing_sms": 1,
}  # fmt: skip
#: Answers of several ticks.
SEVERAL = ("extras", "access_facts")
#: The same for a workspace's own questions, by kind.
OWN_LENGTHS = {"short": 200, "long": 2000, "choice": 200, "yes_no": 3}
#: Photos that come with one sending, and what they may weigh together.
MOST_PHOTOS = 6
PHOTO_BYTES = 20 * 1024**2
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
    "wishes": {"missing": "Write a few words"},
    "access_facts": {"missing": "Choose from the list"},
    "access_notes": {"missing": "Write how we get to the windows"},
    "preferred_method": {"missing": "Choose how we should get in touch"},
    "preferred_time": {"missing": "Choose when suits you"},
    "name": {"missing": "Enter your name"},
    "phone": {
        "missing": "Enter a phone number or an email address",
        "only": "Enter your phone number",
        "wrong": "That is not a phone number we can ring. Enter it like 07700 900123",
        "asked": "Enter a phone number, since you would like a call or a text",
    },
    "email": {
        "wrong": "That is not an email address. Enter it like name@example.com",
        "missing": "Enter your email address",
        "asked": "Enter an email address, since you would like an email",
    },
    "address_line1": {"missing": "Enter the house number and street"},
    "town": {"missing": "Enter the town or village"},
    "photos": {"missing": "Add a photo or two"},
}
#: What is said about a workspace's own question that was left blank, by kind.
OWN_MESSAGES = {
    "short": "Enter an answer", "long": "Write a few words", "choice": "Choose one", "choices": "Choose one or more",
    "yes_no": "Choose yes or no",
}  # fmt: skip

HONEYPOT = "homepage"


def too_long(limit: int) -> str:
    """What is said about an answer of more than `limit` characters."""
    return f"Keep this to {limit:,} characters or fewer"


def marketing_wording(explanation: str, channel: str) -> str:
    """What a ticked box agreed to, as kept in the ledger: the form's own explanation and the words beside the box."""
    return f"{explanation} {CHANNEL_CHOICES[channel]}."
