"""A list of Squeegee's services, copied from there, matched to ours by name."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.squeegee.mapping.facts import SERVICE_CODES

MOST_LINES = 200
_ID = re.compile(r"\b[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\b")
_WORDS = re.compile(r"[a-z]+")
_LIKE_ENOUGH = 80
#: What others call the same work, besides our own words for it.
_ALSO = {
    "window_cleaning": ("windows", "exterior window cleaning", "outside windows", "external windows", "window clean"),
    "gutter_clearing": ("gutters", "gutter cleaning", "gutter emptying", "gutter clean", "gutter clear"),
    "fascia_soffit": ("fascia soffit", "fascia soffit gutter", "fascias", "upvc cleaning", "fascia and soffit clean"),
    "conservatory": ("conservatory windows", "conservatory cleaning"),
    "solar_panels": ("solar", "solar panel cleaning"),
    "other": ("other work", "miscellaneous"),
    "inside": ("inside windows", "interior window cleaning", "internal windows", "window cleaning inside"),
    "conservatory_roof": ("conservatory roof cleaning", "conservatory roof clean"),
    "extension": ("extension windows",),
    "velux": ("velux", "skylights", "roof windows"),
}


@dataclass(frozen=True, slots=True)
class TheirService:
    """A service of Squeegee's."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read of a list: which of ours is which of theirs, theirs that is none of ours, lines without an id."""

    matched: dict[str, TheirService]
    others: list[TheirService]
    unread: list[str]


def read_list(text: str) -> Pasted:
    """Read lines of a name and an id, in either order, whatever stands between them."""
    services: dict[str, TheirService] = {}
    unread = []
    for line in text.splitlines()[:MOST_LINES]:
        found = _ID.search(line)
        name = " ".join((line[: found.start()] + " " + line[found.end() :] if found else line).split()).strip(" ,;:\"'")
        if found:
            services.setdefault(found[0].lower(), TheirService(found[0].lower(), name[:80]))
        elif name:
            unread.append(name[:80])
    matched = _matched(list(services.values()))
    taken = {service.id for service in matched.values()}
    return Pasted(matched, [service for service in services.values() if service.id not in taken], unread)


def _matched(services: list[TheirService]) -> dict[str, TheirService]:
    """The likest pairs first; each of ours and each of theirs once."""
    pairs = [
        (score, code, service)
        for code in SERVICE_CODES
        for service in services
        if (score := _likeness(code, service.name)) >= _LIKE_ENOUGH
    ]
    found: dict[str, TheirService] = {}
    for _, code, service in sorted(pairs, key=lambda pair: -pair[0]):
        if code not in found and service not in found.values():
            found[code] = service
    return found


def _likeness(code: str, name: str) -> float:
    theirs = _plain(name)
    ours = (SERVICE_CODES[code], *_ALSO.get(code, ()))
    return max((fuzz.token_sort_ratio(theirs, _plain(each)) for each in ours), default=0.0) if theirs else 0.0


def _plain(name: str) -> str:
    """Words alone, small, plurals and "and" put aside."""
    return " ".join(word.rstrip("s") for word in _WORDS.findall(name.lower()) if word != "and")
