"""Which work free words speak of: one of our services, and extras."""

import re
from dataclasses import dataclass

from app.leads.words import EXTRA_WORDS, SERVICE_WORDS

UNREAD = "services_unread"

_WINDOWS = re.compile(r"\b(?:windows?|w/?c|fronts?(?: and | & )backs?|outsides?|glass)\b")
#: extra -> the words for it. Longer ones come first, since what is found is taken out of the text.
_EXTRAS = (
    ("conservatory_roof", re.compile(r"\bcons?(?:erv\w*)?\.?\s+roofs?(?: clean\w*)?\b|\broof of (?:the )?conserv\w*")),
    ("conservatory", re.compile(r"\bconserv\w*\b|\bcons\b|\borangery\b|\bsun ?room\b")),
    ("velux", re.compile(r"\bvel[ul]x\w*\b|\bsky ?lights?\b|\broof (?:windows?|lights?)\b")),
    ("fascia", re.compile(r"\bfas?c?ias?\b|\bfacias?\b|\bsoffits?\b|\bbarge ?boards?\b|\bupvc clean\w*|\bf ?& ?s\b")),
    ("gutters", re.compile(r"\bgutt\w*\b|\bdown ?pipes?\b")),
    ("solar", re.compile(r"\bsolar\b(?: panels?)?|\bpv panels?\b")),
    ("inside", re.compile(r"\binsides?\b|\binternals?\b|\binteriors?\b|\bin(?: and | ?& ?)out\b")),
    ("extension", re.compile(r"\bextension\b")),
)
#: Without windows these are the service itself.
_SERVICES = {
    "gutters": "gutter_clearing", "fascia": "fascia_soffit", "solar": "solar_panels", "conservatory": "conservatory",
    "conservatory_roof": "conservatory",
}  # fmt: skip
_REFUSED = re.compile(r"\b(?:no|not|without|excl(?:uding|\.)?|except|minus)\s+(?:the\s+|a\s+|any\s+)?[\w/& ]{3,24}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The service (a key), extras (keys), and a code when the words named no work we know."""

    service: str
    extras: tuple[str, ...] = ()
    code: str | None = None


_OUR_SERVICES = {words.casefold(): key for key, words in SERVICE_WORDS.items()}
_OUR_EXTRAS = {words.casefold(): key for key, words in EXTRA_WORDS.items()}


def read_our_words(text: str) -> Wanted | None:
    """What our own words ask for, as an export has them: a service, then extras; None where any other stands."""
    service, *extras = (part.strip().casefold() for part in text.split(","))
    if service not in _OUR_SERVICES or not all(extra in _OUR_EXTRAS for extra in extras):
        return None
    return Wanted(_OUR_SERVICES[service], tuple(dict.fromkeys(_OUR_EXTRAS[extra] for extra in extras)))


def read_wanted(text: str) -> Wanted:
    """What free words ask for. Words that name nothing we know mean windows: that is the trade."""
    plain = _REFUSED.sub(" ", " ".join(text.casefold().split()))
    extras = []
    for key, words in _EXTRAS:
        if words.search(plain):
            extras.append(key)
            plain = words.sub(" ", plain)
    if _WINDOWS.search(plain) or not text.strip():
        return Wanted("window_cleaning", tuple(extras))
    for extra, service in _SERVICES.items():
        if extra in extras:
            return Wanted(service, tuple(each for each in extras if _SERVICES.get(each) != service))
    return Wanted("window_cleaning", tuple(extras), None if extras else UNREAD)
