"""Who somebody is and where, made comparable: names, houses and numbers as they are written by different hands."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from app.core.addresses import STREET_WORDS, split_address, street_of
from app.core.postcodes import Postcode
from app.core.search_index import fold

_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady", "lord", "dame", "and", "the", "family"}
)
_UNIT = re.compile(r"\b(?:flat|apartment|apt|unit|studio|suite|room)\s*(?:no\.?\s*)?(\w+)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:no\.?\s*)?(\d+)\s*([a-z]?)\b(?:\s*[-–/&]\s*\d+\s*[a-z]?\b)?[\s,]*(.*)", re.IGNORECASE)
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Name:
    """A name folded: the surname, and first names or initials before it. Blank where nothing is known."""

    surname: str
    firsts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A house: its number (with letter) or name, the flat in it, the street's words, and where that is.

    `unit` is a whole postcode. What is not known is blank.
    """

    number: str
    flat: str
    name: str
    street: tuple[str, ...]
    town: str
    unit: str
    district: str


@dataclass(frozen=True, slots=True)
class Party:
    """A lead or a customer to be compared. `numbers` are last nine digits; `references` folded, without blanks."""

    name: Name
    house: House
    numbers: frozenset[str]
    references: frozenset[str]


def name_of(text: str) -> Name:
    """Read a name: titles dropped, "Pike, Arthur" turned round, "J & A Pike" with both initials."""
    last, comma, first = text.partition(",")
    if comma and first.strip():
        text = f"{first} {last}"
    words = [word for word in re.findall(r"[^\W\d_]+", re.sub(r"['’`-]", "", fold(text))) if word not in _TITLES]
    return Name(words[-1], tuple(words[:-1])) if words else Name("", ())


def house_of(line1: str, line2: str, town: str, postcode: Postcode | None) -> House:
    """Read a house from the lines of an address."""
    lines = ", ".join(part for part in (line1, line2) if part)
    flat = ""
    if found := _UNIT.search(lines):
        flat = found[1].casefold()
        lines = f"{lines[: found.start()]} {lines[found.end() :]}".strip(" ,")
    number, name, street = "", "", ()
    pieces = [piece.strip() for piece in lines.split(",") if piece.strip()]
    for piece in pieces:
        if not number and (numbered := _NUMBERED.fullmatch(piece)):
            number = (numbered[1].lstrip("0") + numbered[2]).casefold()
            street = street_of(numbered[3]) or street
        elif not street and _names_street(piece):
            street = street_of(piece)
        elif not name:
            name = " ".join(street_of(piece))
    unit = postcode.unit if postcode and postcode.unit else ""
    return House(number, flat, name, street, fold(town), unit, postcode.district if postcode else "")


def house_in(address: str) -> House:
    """Read a house from an address in one cell."""
    found = split_address(address)
    return house_of(found.line1, found.line2, found.town, found.postcode)


def digits_of(number: str | None) -> str:
    """The last nine digits of a number; blank for fewer."""
    digits = re.sub(r"\D", "", number or "")
    return digits[-9:] if len(digits) >= 9 else ""


def compare_names(ours: Name, theirs: Name) -> str:
    """How two names stand to each other: same, initial (no first name in full), misspelt, family, other, unknown."""
    if not ours.surname or not theirs.surname:
        return "unknown"
    if ours.firsts and set(ours.firsts) | {ours.surname} == set(theirs.firsts) | {theirs.surname}:
        return "same"  # in whatever order
    is_same = ours.surname == theirs.surname
    if not is_same and not _one_slip(ours.surname, theirs.surname):
        return "other"
    if not _firsts_fit(ours.firsts, theirs.firsts):
        return "family" if is_same else "other"
    if not is_same:
        return "misspelt"
    if any(len(a) > 1 and len(b) > 1 and _begins(a, b) for a in ours.firsts for b in theirs.firsts):
        return "same"
    written_out = any(len(a) > 1 and len(b) > 1 for a in ours.firsts for b in theirs.firsts)
    return "misspelt" if written_out else "initial"


def compare_houses(ours: House, theirs: House) -> str:
    """How two houses stand to each other: same, likely (only where it stands is not known), near, other, or unknown."""
    if not _has_lines(ours) or not _has_lines(theirs):
        return "other" if _apart(ours, theirs) else "unknown"
    same_street = _alike(" ".join(ours.street), " ".join(theirs.street))
    same_unit = bool(ours.unit) and ours.unit == theirs.unit
    if ours.number and theirs.number:
        if ours.number != theirs.number or (ours.flat and theirs.flat and ours.flat != theirs.flat):
            return "other"
        if not (same_street or (same_unit and not (ours.street and theirs.street))):
            return "near" if same_unit else "other"
        if bool(ours.flat) != bool(theirs.flat):
            return "near"
        return _by_place(ours, theirs)
    if ours.number or theirs.number:
        return "near" if same_unit or (same_street and not _apart(ours, theirs)) else "other"
    if _alike(ours.name, theirs.name) and (not (ours.street and theirs.street) or same_street):
        return _by_place(ours, theirs)
    return "near" if same_unit else "other"


def _by_place(ours: House, theirs: House) -> str:
    """The same number in a street of the same name: is it the same street?"""
    if ours.unit and theirs.unit:
        if ours.unit == theirs.unit:
            return "same"
        slip = ours.unit[:-2] == theirs.unit[:-2] or OSA.distance(ours.unit, theirs.unit) == 1
        return "same" if slip and ours.town == theirs.town else "near" if slip else "other"
    if _apart(ours, theirs):
        return "other"
    if ours.town and theirs.town:
        return "same" if _alike(ours.town, theirs.town) else "near"
    return "likely"


def _apart(ours: House, theirs: House) -> bool:
    """Whether the two lie in different districts, as far as both are known."""
    return bool(ours.district and theirs.district and ours.district != theirs.district)


def _has_lines(house: House) -> bool:
    return bool(house.number or house.name or house.street)


def _names_street(piece: str) -> bool:
    words = piece.split()
    return len(words) > 1 and words[-1].strip(".").casefold() in STREET_WORDS


def _alike(one: str, other: str) -> bool:
    return bool(one) and bool(other) and (one == other or OSA.normalized_similarity(one, other) >= _ALIKE)


def _one_slip(one: str, other: str) -> bool:
    """Whether two surnames differ by a slip of the pen: one letter, in long names two; never in very short ones."""
    shorter = min(len(one), len(other))
    return shorter >= 4 and OSA.distance(one, other) <= (2 if shorter >= 8 else 1)


def _firsts_fit(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if not ours or not theirs:
        return True
    return any(_begins(a, b) or (min(len(a), len(b)) > 3 and _one_slip(a, b)) for a in ours for b in theirs)


def _begins(one: str, other: str) -> bool:
    """Whether one first name may stand for the other: the same, an initial, or its beginning ("Jon", "Jonathan")."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and (len(shorter) == 1 or len(shorter) >= 3 or shorter == longer)
