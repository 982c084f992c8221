"""Telephone numbers: kept as E.164 beside what was typed, matched on their last nine digits.

Possible numbers are accepted, not only valid ones: libphonenumber calls numbers it has not heard of invalid,
Ofcom's drama numbers among them. Those are for demonstration and tests; no real provider may ever be asked to
reach them.
"""

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

Kind = Literal["mobile", "landline", "other"]

# Ofcom, "Telephone numbers for use in TV and radio drama programmes": national numbers without the leading 0.
_DRAMA = re.compile(
    r"7700900\d{3}|1632960\d{3}|1(?:1[3-8]|21|31|41|51|61)4960\d{3}|1914980\d{3}|2079460\d{3}|2896496\d{3}"
    r"|2920180\d{3}|3069990\d{3}|8081570\d{3}|9098790\d{3}"
)
_UK_MOBILE = re.compile(r"7(?:[1-57-9]\d{8}|624\d{6})")
_UK_MOBILE_E164 = re.compile(r"\+44(7[1-57-9]\d\d)(\d{6})", re.ASCII)
_UK_LANDLINE = re.compile(r"[12]\d{8,9}")
# Ofcom, National Telephone Numbering Plan: how many digits a number has, by the first after the 0 that is dialled. The
# library takes any length for possible that some number has, and leaves the 0 to what is too short.
_UK_LENGTHS: dict[str, set[int]] = {"0": set(), "1": {9, 10}, "8": {7, 9, 10}} | dict.fromkeys("23579", {10})
_LONGEST_INPUT = 60
_WORDS = re.compile(r"[^\W\d_]+")
_KINDS: dict[int, Kind] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: `e164` "+447700900123", `national` as people of its country write it, its kind, and whether
    it is a drama number.
    """

    e164: str
    national: str
    kind: Kind
    is_drama: bool

    @property
    def match_key(self) -> str:
        """The last nine digits: equal for +44 7700..., 07700... and 7700..."""
        return self.e164[1:][-9:]


def parse(text: str | None, region: str = "GB") -> Phone | None:
    """Read a number as typed; `region` is the country assumed without a +. None if no such number is
    possible.

    "other" as kind covers what is neither for certain (UK-wide 03, freephone, and countries that do not tell
    mobile from landline), so texting must ask for "mobile".
    """
    if not text or len(text) > _LONGEST_INPUT:
        return None
    stored = _UK_MOBILE_E164.fullmatch(text)
    if stored:  # as we keep them; the library takes long for what these digits say by themselves
        is_drama = _DRAMA.fullmatch(text[3:]) is not None
        return Phone(text, f"0{stored[1]} {stored[2]}", "mobile", is_drama)
    try:
        # Words beside a number ("mobile") are dropped; left in, they would be dialled as the letters of a keypad.
        number = phonenumbers.parse(_WORDS.sub(" ", text), region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    significant = phonenumbers.national_significant_number(number)
    if number.country_code == 44 and len(significant) not in _UK_LENGTHS.get(significant[0], {len(significant)}):
        return None
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        national=_written(number),
        kind=_kind(number, significant),
        is_drama=number.country_code == 44 and _DRAMA.fullmatch(significant) is not None,
    )


def format_national(e164: str) -> str:
    """Return "+447700900123" as "07700 900123", a foreign number in international form, anything unreadable
    unchanged.
    """
    # Most numbers on most pages; the library takes 20 times as long for the same answer.
    mobile = _UK_MOBILE_E164.fullmatch(e164)
    if mobile:
        return f"0{mobile[1]} {mobile[2]}"
    try:
        return _written(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return e164


def _written(number: phonenumbers.PhoneNumber) -> str:
    style = PhoneNumberFormat.NATIONAL if number.country_code == 44 else PhoneNumberFormat.INTERNATIONAL
    bare = phonenumbers.PhoneNumber(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )
    return phonenumbers.format_number(bare, style)


def _kind(number: phonenumbers.PhoneNumber, significant: str) -> Kind:
    known = phonenumbers.number_type(number)
    if known in _KINDS:
        return _KINDS[known]
    # Unheard-of or drama numbers: the UK plan still tells by the first digits (076 is paging, but for Man's
    # 07624).
    if known == PhoneNumberType.UNKNOWN and number.country_code == 44:
        if _UK_MOBILE.fullmatch(significant):
            return "mobile"
        if _UK_LANDLINE.fullmatch(significant):
            return "landline"
    return "other"
