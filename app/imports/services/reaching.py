"""Who a row is about, how to reach them and where they live."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.core import email_addresses, phones, postcodes
from app.core.addresses import split_address

if TYPE_CHECKING:
    from app.imports.services.rows import Cells, RowFacts

LONGEST_NAME, LONGEST_LINE = 200, 200
#: Emails or numbers in one cell; what stands behind them counts as unreadable.
_MOST_PIECES = 12
_BETWEEN_EMAILS = re.compile(r"[\s;,/]+")
_BETWEEN_PHONES = re.compile(r"[/,;\n|]+|\bor\b|\band\b|&", re.IGNORECASE)
#: The usual ways to write a mobile number; the library takes ten times as long for the same answer.
_MOBILE = re.compile(r"(?:\+44|0044|44|0)?(7[1-57-9]\d{8})")
_BLANKS = re.compile(r"[ ().\-]")


def read_name(cells: Cells, facts: RowFacts) -> None:
    """The name from one column, or from title, first and last name."""
    parts = (cells.get("title", " "), cells.get("first_name", " "), cells.get("last_name", " "))
    text = cells.get("name", " ") or " ".join(part for part in parts if part)
    facts.name = " ".join(text.split())[:LONGEST_NAME]
    if not facts.name:
        facts.tell("name", "name_missing")


def read_reach(cells: Cells, facts: RowFacts) -> None:
    """Email and phone: of several the first, a mobile before others; the rest stays in the remarks."""
    text = cells.get("email", " ").replace("mailto:", "")
    pieces = _BETWEEN_EMAILS.split(text, maxsplit=_MOST_PIECES)
    emails = [found for piece in pieces if (found := email_addresses.parse(piece.strip("<>")))]
    if emails:
        facts.email = emails[0]
    elif text and text.strip("-– ").lower() not in _NONE:
        facts.tell("email", "email_unreadable")
        facts.remarks.append(f"Email as written: {text}")
    if len(set(emails)) > 1:
        facts.remarks.append(f"Also {', '.join(dict.fromkeys(emails[1:]))}")
    _read_phones(cells, facts)


def _read_phones(cells: Cells, facts: RowFacts) -> None:
    found: list[tuple[phones.Phone, str]] = []
    unread = []
    for text in filter(None, (cells.get("mobile", "\n"), cells.get("phone", "\n"))):
        pieces = [text] if _phone(text) else _BETWEEN_PHONES.split(text, maxsplit=_MOST_PIECES)
        for piece in filter(None, map(str.strip, pieces)):
            number = _phone(piece)
            if number is not None:
                found.append((number, piece))
            elif piece.strip("-– ").lower() not in _NONE:
                unread.append(piece)
    if unread:
        facts.tell("phone", "phone_unreadable")
        facts.remarks.append(f"Phone as written: {', '.join(unread)}")
    if not found:
        return
    found.sort(key=lambda each: each[0].kind != "mobile")
    (facts.phone, given), rest = found[0], {number.national for number, _ in found[1:]}
    facts.phone_as_given = given[:60]
    rest.discard(facts.phone.national)
    if rest:
        facts.remarks.append(f"Also {', '.join(sorted(rest))}")


def read_house(cells: Cells, facts: RowFacts) -> None:
    """The address from one cell or several; what stands in a column of its own goes before what was taken apart."""
    line1, line2, town = (" ".join(cells.get(key, ", ").split()) for key in ("address_line1", "address_line2", "town"))
    whole = cells.get("address", ", ") or (line1 if not (line2 or town) else "")
    if whole:
        parted = split_address(whole)
        is_whole = bool(cells.get("address"))
        line1 = line1 if line1 and is_whole else parted.line1
        line2, town = line2 or parted.line2, town or parted.town
        facts.postcode = parted.postcode
    facts.line1, facts.line2, facts.town = line1[:LONGEST_LINE], line2[:LONGEST_LINE], town[:LONGEST_LINE]
    text = cells.get("postcode", " ")
    if text:
        found = postcodes.parse_outward_or_full(text)
        if found is None and text.strip("-– ").lower() not in _NONE:
            facts.tell("postcode", "postcode_unreadable")
            facts.remarks.append(f"Postcode as written: {text}")
        if found is not None and (found.unit or facts.postcode is None):
            facts.postcode = found
    elif facts.postcode is None and line1:
        facts.postcode = split_address(", ".join(filter(None, (line1, line2, town)))).postcode


_NONE = frozenset({"", "n/a", "na", "none", "no", "x", "unknown", "?", "tbc"})


def _phone(text: str) -> phones.Phone | None:
    text = text.removesuffix(".0")  # a number that went through a program which takes it for a sum
    mobile = _MOBILE.fullmatch(_BLANKS.sub("", text))
    return phones.parse(f"+44{mobile[1]}" if mobile else text)
