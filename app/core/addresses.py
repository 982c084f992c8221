"""British addresses from one cell: what people write in a line or several, taken apart.

A reading, not a look-up: no list of streets or towns is asked. What can't be told apart stays together, so that no
word of an address is lost; only the county and the country are left out, which no postman needs.
"""

import re
import unicodedata
from dataclasses import dataclass

from app.core import postcodes
from app.core.postcodes import Postcode

_LONGEST = 500
_BREAKS = re.compile(r"[\n\r\t;|]+|,")
_WHOLE = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2}[0-9][A-Z0-9]?)[ .\-]*([0-9][A-Z]{2})(?![A-Z0-9])", re.IGNORECASE | re.ASCII
)
#: The same with O for nought and I for one: believed only where an address ends.
_SLIPPED = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2}[0-9OI][A-Z0-9]? ?[0-9OI][A-Z01]{2})[ .,]*$", re.IGNORECASE | re.ASCII)
_OUTWARD = re.compile(r"(?<=[ ,])([A-Z]{1,2}[0-9][A-Z0-9]?)(?: [0-9])?[ .,]*$", re.IGNORECASE | re.ASCII)
_EDGES = " .,-–"

_COUNTRIES = frozenset({"uk", "gb", "united kingdom", "great britain", "england", "wales", "scotland", "cymru"})
#: Counties as people write them; those that are towns as well (Durham, Bristol) only with "County" before them.
_COUNTY_LIST = """
    avon, bedfordshire, beds, berkshire, berks, buckinghamshire, bucks, cambridgeshire, cambs, cheshire, cornwall,
    county durham, co durham, cumbria, derbyshire, devon, dorset, east sussex, east yorkshire, essex, flintshire,
    gloucestershire, glos, greater london, greater manchester, gwynedd, hampshire, hants, herefordshire, hertfordshire,
    herts, isle of wight, kent, lancashire, lancs, leicestershire, leics, lincolnshire, lincs, merseyside, middlesex,
    norfolk, north somerset, north yorkshire, northamptonshire, northants, northumberland, nottinghamshire, notts,
    oxfordshire, oxon, powys, rutland, shropshire, somerset, south gloucestershire, south yorkshire, staffordshire,
    staffs, suffolk, surrey, sussex, tyne and wear, warwickshire, west midlands, west sussex, west yorkshire,
    wiltshire, wilts, worcestershire, worcs, bath and north east somerset, banes, n somerset, monmouthshire,
    pembrokeshire, carmarthenshire, ceredigion, denbighshire, aberdeenshire, ayrshire, fife, lanarkshire, perthshire,
    county antrim, county armagh, county down, county fermanagh, county londonderry, county tyrone
"""
COUNTIES = frozenset(" ".join(name.split()) for name in _COUNTY_LIST.split(","))
_LONGEST_COUNTY = max(len(name.split()) for name in COUNTIES)

#: What a street's name ends in, short and long.
STREET_WORDS = {
    "ave": "avenue", "av": "avenue", "avenue": "avenue", "bank": "bank", "batch": "batch", "buildings": "buildings",
    "bldgs": "buildings", "chase": "chase", "circus": "circus", "cl": "close", "close": "close", "common": "common",
    "copse": "copse", "court": "court", "ct": "court", "cres": "crescent", "crescent": "crescent", "croft": "croft",
    "dr": "drive", "drive": "drive", "drove": "drove", "end": "end", "field": "field", "fields": "fields",
    "gardens": "gardens", "gdns": "gardens", "gate": "gate", "green": "green", "grn": "green", "grove": "grove",
    "gr": "grove", "hill": "hill", "lane": "lane", "ln": "lane", "leaze": "leaze", "mead": "mead",
    "meadow": "meadow", "meadows": "meadows", "mews": "mews", "orchard": "orchard", "paddock": "paddock",
    "parade": "parade", "park": "park", "pk": "park", "path": "path", "place": "place", "pl": "place",
    "quay": "quay", "rise": "rise", "rd": "road", "road": "road", "row": "row", "square": "square", "sq": "square",
    "st": "street", "str": "street", "street": "street", "terrace": "terrace", "terr": "terrace", "ter": "terrace",
    "vale": "vale", "view": "view", "walk": "walk", "way": "way", "wharf": "wharf", "yard": "yard",
}  # fmt: skip
#: Of these a street's name is sure to end; the others stand in names of towns as well ("Chipping Green").
_SURE = frozenset({"avenue", "close", "crescent", "drive", "gardens", "lane", "mews", "road", "street", "terrace"})
_UNIT = re.compile(
    r"(?:(?:flat|apartment|apt|unit|studio|maisonette|room|suite)\b.*|(?:basement|garden|ground floor|first floor|"
    r"second floor|top floor|upper|lower) flat)",
    re.IGNORECASE,
)
_UNIT_THEN_NUMBER = re.compile(
    r"((?:flat|apartment|apt|unit|studio|suite)\s+(?:no\.?\s*)?\d*[a-z]?)\s+(\d+[a-z]?\s+\D.*)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:no\.?\s*)?\d+\s*[a-z]?(?:\s*[-–/&]\s*\d+\s*[a-z]?)?", re.IGNORECASE)
_BEGINS_WITH_NUMBER = re.compile(r"(?:no\.?\s*)?\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; what is not known is blank, or None for the postcode.

    `line1` holds what makes the house: number and street, a flat with the number of its house, or the house's name.
    """

    line1: str = ""
    line2: str = ""
    town: str = ""
    postcode: Postcode | None = None


def split_address(text: str | None) -> Address:
    """Take an address apart that stands in one cell, with commas, line breaks or neither.

    "12 Mill Lane, Wells, Somerset BA5 2QJ" gives line1 "12 Mill Lane", town "Wells" and the postcode. "Flat 2, 7 High
    St" stays together as line1. Never raises; text beyond 500 characters is left out.
    """
    rest, postcode = _without_postcode(unicodedata.normalize("NFKC", (text or "")[:_LONGEST]))
    parts = [part for part in (" ".join(piece.split()).strip(_EDGES) for piece in _BREAKS.split(rest)) if part]
    parts = _without_county(parts)
    if not parts:
        return Address(postcode=postcode)
    parts = _numbers_joined(_flats_parted(_street_and_town(parts)))
    parts, town = _town_taken(parts)
    return Address(parts[0] if parts else "", ", ".join(parts[1:]), town, postcode)


def street_of(line: str) -> tuple[str, ...]:
    """The words of a line folded and with endings written out, to be compared: "12 Mill Ln." is 12, mill, lane.

    "St" that begins a name is a saint, and stays.
    """
    words = re.findall(r"[^\W_]+", re.sub(r"['’]", "", unicodedata.normalize("NFKC", line).casefold()))
    found = []
    for place, word in enumerate(words):
        follows_name = place > 0 and not words[place - 1][0].isdigit()
        found.append(STREET_WORDS.get(word, word) if follows_name else word)
    return tuple(found)


def _without_postcode(text: str) -> tuple[str, Postcode | None]:
    """The text without its postcode: the last whole one, else one with a slip at the end, else an outward code."""
    for match in reversed(list(_WHOLE.finditer(text))):
        found = postcodes.parse(f"{match[1]} {match[2]}")
        if found is not None and found.area in postcodes.AREAS:
            return f"{text[: match.start()]},{text[match.end() :]}", found
    if (match := _SLIPPED.search(text)) and (found := postcodes.parse(match[1])) and found.area in postcodes.AREAS:
        return text[: match.start()], found
    if (match := _OUTWARD.search(text)) and not _UNIT.match(text[: match.start()].rpartition(",")[2].strip()):
        found = postcodes.parse_outward_or_full(match[0].strip(" .,"))
        if found is not None and found.area in postcodes.AREAS:
            return text[: match.start()], found
    return text, None


def _without_county(parts: list[str]) -> list[str]:
    """The parts without county and country at the end, be they parts of their own or the last words of one."""
    while len(parts) > 1 and _plain(parts[-1]) in COUNTIES | _COUNTRIES:
        parts = parts[:-1]
    if not parts:
        return parts
    words = parts[-1].split()
    for size in range(min(_LONGEST_COUNTY, len(words) - 1), 0, -1):
        if _plain(" ".join(words[-size:])) in COUNTIES and not _is_street(" ".join(words[-size - 1 :])):
            return [*parts[:-1], " ".join(words[:-size]).strip(_EDGES)]
    return parts


def _street_and_town(parts: list[str]) -> list[str]:
    """The last part in two where a street and a town stand in it without a comma: "12 Mill Lane Wells"."""
    words = parts[-1].split()
    kinds = [STREET_WORDS.get(_plain(word)) for word in words]
    for place in range(1, len(words)):
        if kinds[place] is None or words[place - 1][0].isdigit():
            continue
        end = place + 1
        while end < len(words) and kinds[end] is not None and not (kinds[place] in _SURE and kinds[end] == "street"):
            end += 1
        if end == len(words):
            return parts
        is_sure = any(kind in _SURE for kind in kinds[place:end])
        if is_sure or _BEGINS_WITH_NUMBER.match(parts[-1]):
            return [*parts[:-1], " ".join(words[:end]), " ".join(words[end:])]
    return parts


def _flats_parted(parts: list[str]) -> list[str]:
    """ "Flat 2 7 High St" as the flat and the house."""
    found: list[str] = []
    for part in parts:
        match = _UNIT_THEN_NUMBER.fullmatch(part)
        found += [match[1], match[2]] if match else [part]
    return found


def _numbers_joined(parts: list[str]) -> list[str]:
    """A number with the street it stands before, and a flat with the number of its house, as one part."""
    found: list[str] = []
    for part in parts:
        if found and _NUMBER.fullmatch(found[-1].rpartition(", ")[2]):
            found[-1] = f"{found[-1]} {part}"
        elif found and len(found) == 1 and _UNIT.fullmatch(found[0]) and _BEGINS_WITH_NUMBER.match(part):
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return found


def _town_taken(parts: list[str]) -> tuple[list[str], str]:
    """The lines and the town: the last part, unless it is the only one or the only street."""
    if len(parts) < 2:
        return parts, ""
    has_street = any(_is_street(part) or _BEGINS_WITH_NUMBER.match(part) for part in parts[:-1])
    last = parts[-1]
    if (_is_street(last) and not has_street) or _BEGINS_WITH_NUMBER.match(last):
        return parts, ""
    return parts[:-1], last


def _is_street(part: str) -> bool:
    words = part.split()
    return len(words) > 1 and _plain(words[-1]) in STREET_WORDS and not words[-2][0].isdigit()


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(".", " ").replace("&", "and").split())
