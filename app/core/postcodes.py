"""UK postcodes: read what people type, repair what is plain, refuse only what cannot be one.

`BA5 2QJ`: area BA, district BA5 (the outward code), sector BA5 2, unit BA5 2QJ. Shape and letter rules after
Royal Mail's PAF programmer's guide: outward codes are AN ANN ANA AAN AANN AANA, the inward code is NAA.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

_OUTWARD = re.compile(r"([A-Z]{1,2})([0-9][A-Z0-9]?)")
_INWARD = re.compile(r"[0-9][A-Z]{2}")
_SECTOR = re.compile(r"([A-Z0-9]{2,4})\s+([0-9OI])")
_ALLOWED = re.compile(r"[A-Z0-9 .\-]+")
_SEPARATORS = re.compile(r"[ .\-]+")
_LONGEST_INPUT = 20

_AS_DIGIT = str.maketrans("OI", "01")
_AS_LETTER = str.maketrans("01", "OI")
_LOOKALIKE = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}

# The 121 areas of Great Britain and Northern Ireland, the three crown dependencies, forces and non-geographic
# ones.
_AREA_LIST = """
    AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT
    DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE
    LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM
    SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREA_LIST.split())
_LAST_LETTER_ANA = frozenset("ABCDEFGHJKPSTUW")
_LAST_LETTER_AANA = frozenset("ABEHMNPRVWXY")
_NEVER_INWARD = frozenset("CIKMOV")


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode, whole or as far as it is known. `sector` and `unit` are None for an outward code alone."""

    area: str
    district: str
    sector: str | None = None
    unit: str | None = None

    @property
    def outward(self) -> str:
        """The outward code, "BA5": the same as the district."""
        return self.district

    @property
    def inward(self) -> str | None:
        """The inward code, "2QJ", or None if unknown."""
        return self.unit[-3:] if self.unit else None

    @property
    def text(self) -> str:
        """The postcode as written on an envelope, as far as it is known: "BA5 2QJ", "BA5 2" or "BA5"."""
        return self.unit or self.sector or self.district

    def __str__(self) -> str:
        return self.text


def parse(text: str | None) -> Postcode | None:
    """Read a whole postcode in any spacing and case, O and 0, I and 1 put right by position; None if it is
    not one.
    """
    cleaned = _clean(text)
    if cleaned is None:
        return None
    compact = _SEPARATORS.sub("", cleaned)
    if not 5 <= len(compact) <= 7:
        return None
    inward = compact[-3].translate(_AS_DIGIT) + compact[-2:].translate(_AS_LETTER)
    outward = _repaired_outward(compact[:-3])
    if outward is None or not _INWARD.fullmatch(inward):
        return None
    area, district = outward
    return Postcode(area, district, f"{district} {inward[0]}", f"{district} {inward}")


def parse_outward_or_full(text: str | None) -> Postcode | None:
    """Read a whole postcode, or an outward code alone ("BA5", or "BA5 2" with its space); None if it is
    neither.
    """
    whole = parse(text)
    if whole is not None:
        return whole
    cleaned = _clean(text)
    if cleaned is None:
        return None
    with_sector = _SECTOR.fullmatch(cleaned)
    if with_sector:
        outward = _repaired_outward(with_sector[1])
        if outward is not None:
            area, district = outward
            return Postcode(area, district, f"{district} {with_sector[2].translate(_AS_DIGIT)}")
    outward = _repaired_outward(_SEPARATORS.sub("", cleaned))
    return None if outward is None else Postcode(*outward)


def warnings(postcode: Postcode) -> list[str]:
    """Return sentences for a person about what looks unlikely in a postcode of the right shape; empty if
    nothing does.
    """
    found = []
    number = postcode.district[len(postcode.area) :]
    if postcode.area not in AREAS:
        found.append(f"There is no postcode area {postcode.area}.")
    if len(number) == 2 and number.isdigit() and number[0] == "0":
        found.append(f"The district {postcode.district} begins its number with a nought.")
    if not _last_letter_is_usual(postcode.area, number):
        found.append(f"The first half never ends in {number[-1]} after {postcode.district[:-1]}.")
    unusual = sorted(set((postcode.inward or "")[1:]) & _NEVER_INWARD)
    if unusual:
        found.append(f"The second half never holds the letter {' or '.join(unusual)}.")
    return found


def _clean(text: str | None) -> str | None:
    if not text or len(text) > _LONGEST_INPUT:
        return None
    cleaned = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    return cleaned if _ALLOWED.fullmatch(cleaned) else None


def _last_letter_is_usual(area: str, number: str) -> bool:
    return number[-1].isdigit() or number[-1] in (_LAST_LETTER_ANA if len(area) == 1 else _LAST_LETTER_AANA)


def _repaired_outward(typed: str) -> tuple[str, str] | None:
    """Return (area, district) of the likeliest reading: one that breaks no letter rule first, then fewest
    repairs.
    """
    if not 2 <= len(typed) <= 4:
        return None
    best: tuple[tuple[bool, int], str, str] | None = None
    for letters in product(*(_LOOKALIKE.get(letter, letter) for letter in typed)):
        reading = "".join(letters)
        shape = _OUTWARD.fullmatch(reading)
        if shape is None:
            continue
        area, number = shape.groups()
        leading_nought = len(number) == 2 and number.startswith("0")
        unlikely = area not in AREAS or leading_nought or not _last_letter_is_usual(area, number)
        repairs = sum(one != other for one, other in zip(reading, typed, strict=True))
        if best is None or (unlikely, repairs) < best[0]:
            best = (unlikely, repairs), area, reading
    return None if best is None else best[1:]
