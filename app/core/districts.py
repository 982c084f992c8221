"""Lists of postcode districts as people type them: single ones, whole postcodes and ranges."""

import re

from app.core import postcodes

_RANGE = re.compile(r"([A-Z]{1,2})(\d{1,2})\s*(?:-|–|to)\s*(?:([A-Z]{1,2}))?(\d{1,2})", re.IGNORECASE)


def read_districts(text: str) -> tuple[list[str], list[str]]:
    """Postcode districts in `text`, in order and once each, and the pieces that are none.

    Takes "BA5", a whole postcode (its district counts) and ranges such as "BA3-BA11" or "TA1 to TA3".
    """
    found, wrong = _read(text)
    return list(dict.fromkeys(postcode.district for postcode in found)), wrong


def read_areas(text: str) -> tuple[list[str], list[str]]:
    """The same where a part of a district counts as such: "BA5 2" and "BA5 2QJ" are the sector BA5 2."""
    found, wrong = _read(text)
    return list(dict.fromkeys(postcode.sector or postcode.district for postcode in found)), wrong


def _read(text: str) -> tuple[list[postcodes.Postcode], list[str]]:
    spread = _RANGE.sub(_spread_range, text.upper())
    found, wrong = [], []
    for piece in re.split(r"[,;\n]+|\s+(?=[A-Z])", spread):
        if not piece.strip():
            continue
        postcode = postcodes.parse_outward_or_full(piece.strip())
        if postcode is None:
            wrong.append(piece.strip()[:20])
        else:
            found.append(postcode)
    return found, wrong


def _spread_range(found: re.Match[str]) -> str:
    area, first, other_area, last = found[1], int(found[2]), found[3] or found[1], int(found[4])
    if area != other_area or last < first:
        return f"{area}{first}–{other_area}{last}"  # no district: it comes back as what was not understood
    return ",".join(f"{area}{number}" for number in range(first, last + 1))
