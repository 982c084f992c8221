"""Places of rounds as people type them, and which of them stand in two rounds."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.core import postcodes
from app.core.districts import read_areas

_LONGEST = 4_000
_PIECES = re.compile(r"[,;\n]+")


def read_places(text: str) -> tuple[list[str], list[str]]:
    """Districts (BA5), sectors (BA5 2) and whole areas (BA) in order and once each, and the pieces that are none."""
    found: list[str] = []
    wrong: list[str] = []
    for piece in _PIECES.split(text[:_LONGEST].upper()):
        bare = " ".join(piece.split())
        if bare in postcodes.AREAS:
            found.append(bare)
        else:
            places, others = read_areas(bare)
            found += places
            wrong += others
    return list(dict.fromkeys(found)), wrong


def overlaps(rounds: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each place that stands in several rounds: which one counts."""
    names: dict[str, list[str]] = {}
    for each in rounds:
        for place in each["districts"]:
            names.setdefault(place, []).append(each["round"])
    return [
        f"{place} is in {' and in '.join(among)}. {among[0]} counts, as it stands first."
        for place, among in names.items()
        if len(among) > 1
    ]
