"""Which column of an export is what, found by its title, and a line of it read.

The known header is that of Squeegee's Customers.csv: Cust Ref, Title, First Name, Last Name, Address Line 1, Phone,
Mobile, Source, Added; the whole address in one cell, days as dd/mm/yy. Other titles are people's own exports.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core import phones
from app.core.errors import Invalid

#: What a column can be -> its words on the page, and the titles it is known by, folded.
FIELDS: dict[str, tuple[str, frozenset[str]]] = {
    "ref": ("Customer reference", frozenset({"cust ref", "customer ref", "customer reference", "reference", "ref",
            "customer number", "customer no", "account number", "account ref"})),
    "title": ("Title", frozenset({"title", "salutation"})),
    "first": ("First name", frozenset({"first name", "first names", "firstname", "forename", "given name"})),
    "last": ("Last name", frozenset({"last name", "lastname", "surname", "family name"})),
    "name": ("Whole name", frozenset({"name", "customer", "customer name", "full name", "contact", "contact name"})),
    "address": ("Address", frozenset({"address line 1", "address", "address 1", "job address", "full address",
                "customer address", "street", "street address"})),
    "address2": ("Address, second line", frozenset({"address line 2", "address 2"})),
    "town": ("Town", frozenset({"town", "city", "town/city", "post town", "address town"})),
    "postcode": ("Postcode", frozenset({"postcode", "post code", "zip", "postal code", "address postcode"})),
    "phone": ("Phone", frozenset({"phone", "telephone", "tel", "home phone", "landline", "phone number"})),
    "mobile": ("Mobile", frozenset({"mobile", "mobile phone", "mobile number", "cell"})),
    "source": ("Source", frozenset({"source", "lead source"})),
    "added": ("Added on", frozenset({"added", "date added", "added on", "created", "created on", "customer since"})),
}  # fmt: skip
#: Of a cell no more is looked at: what is kept is shorter, and vast cells would take minutes.
_LOOKED_AT = 1_000
_LONGEST = {"ref": 100, "name": 200, "address": 500, "phone": 60, "source": 100}
#: Numbers in one cell; what stands behind them is left unread.
_MOST_NUMBERS = 12
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:\s.*)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_SEVERAL = re.compile(r"\s*(?:[/;,]|\bor\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A customer as a line of the export names them; blank or None where it says nothing. Numbers in E.164."""

    ref: str
    name: str
    address: str
    phone: str | None
    mobile: str | None
    source: str
    added_on: date | None


def found_columns(header: Sequence[str]) -> dict[str, int]:
    """What each column is, as far as its title tells: field -> position. Of two alike the first counts."""
    found: dict[str, int] = {}
    for position, title in enumerate(header):
        plain = re.sub(r"[\s_\-]+", " ", title.casefold().replace(".", "")).strip()
        for field, (_, titles) in FIELDS.items():
            if plain in titles:
                found.setdefault(field, position)
    return found


def checked_columns(columns: Mapping[str, int], width: int) -> dict[str, int]:
    """The columns if an export can be compared by them. Raises Invalid naming what lacks."""
    kept = {field: place for field, place in columns.items() if field in FIELDS and 0 <= place < width}
    errors = {}
    if not {"name", "last", "first"} & set(kept):
        errors["name"] = "Choose the column with the names."
    if not {"address", "postcode", "phone", "mobile"} & set(kept):
        errors["address"] = "Choose the column with the addresses, or one with phone numbers."
    twice = {place for place in kept.values() if list(kept.values()).count(place) > 1}
    for field, place in kept.items():
        if place in twice:
            errors.setdefault(field, "This column is chosen twice.")
    if errors:
        raise Invalid(errors)
    return kept


def read_line(cells: Sequence[str], columns: Mapping[str, int], today: date) -> Line | None:
    """A line of the export; None when it names nobody or says nothing that anyone could be found by."""

    def cell(field: str) -> str:
        place = columns.get(field)
        return " ".join(cells[place][:_LOOKED_AT].split()) if place is not None and place < len(cells) else ""

    parts = (cell("title"), cell("first"), cell("last"))
    name = cell("name") or " ".join(part for part in parts if part)
    place = columns.get("address")
    written = cells[place][:_LOOKED_AT] if place is not None and place < len(cells) else ""
    first = ", ".join(part.strip() for part in re.split(r"[\r\n]+", written.strip()))
    address = ", ".join(part for part in (first, cell("address2"), cell("town"), cell("postcode")) if part)
    phone, mobile = _number(cell("phone")), _number(cell("mobile"))
    if not (name or cell("ref")) or not (address or phone or mobile or cell("ref")):
        return None
    return Line(
        cell("ref")[: _LONGEST["ref"]], name[: _LONGEST["name"]], address[: _LONGEST["address"]],
        phone, mobile, cell("source")[: _LONGEST["source"]], read_day(cell("added"), today),
    )  # fmt: skip


def read_day(text: str, today: date) -> date | None:
    """A day as dd/mm/yy, dd/mm/yyyy or ISO; None for anything else. Of two digits no year lies in the future."""
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        if len(found[3]) == 2:
            year += 2000 if 2000 + year <= (today + timedelta(days=366)).year else 1900
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> str | None:
    """A number in E.164 if it is one; of several in a cell the first that is. Else what was written, or None."""
    if not text:
        return None
    for piece in (text, *_SEVERAL.split(text, maxsplit=_MOST_NUMBERS)):
        phone = phones.parse(piece)
        if phone is not None:
            return phone.e164
    return text[: _LONGEST["phone"]]
