"""The file that Squeegee's helpers import: the columns of its own Customers.csv, then what a job needs.

Opened in a spreadsheet a cell that begins like a formula is one, so it gets an apostrophe before it (OWASP, CSV
injection). A phone number with its country code is spared: it is digits alone and must come back as it went out.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.money import plain_amount
from app.core.names import split_name
from app.core.phones import parse as parse_phone
from app.leads.words import FREQUENCY_WORDS
from app.squeegee.mapping import Draft, LeadFacts, notes_of

HEADER = (
    "Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Phone", "Mobile", "Source", "Added", "Email",
    "Services", "Price", "Initial Price", "Frequency", "Notes",
)  # fmt: skip
_PHONE = re.compile(r"\+[0-9][0-9 ]{5,20}")
_FORMULA = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r", "\n", "\0")


def write_file(leads: Iterable[LeadFacts], sources: Mapping[UUID, str], zone: ZoneInfo) -> bytes:
    """The leads as CSV: UTF-8 with its mark, CRLF, every cell quoted, days as dd/mm/yy."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER)
    for facts in leads:
        writer.writerow([safe(cell) for cell in _row(facts, sources.get(facts.source_id, ""), zone)])
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    if _PHONE.fullmatch(cell):
        return cell
    first = unicodedata.normalize("NFKC", cell.lstrip())[:1]  # full-width signs are read as the plain ones
    return "'" + cell if cell.startswith(_CONTROLS) or first in _FORMULA else cell


def _row(facts: LeadFacts, source: str, zone: ZoneInfo) -> tuple[str, ...]:
    title, first, last = split_name(facts.name)
    phone, mobile = _phones(facts.phone)
    price = facts.price_minor
    first_price = facts.first_price_minor if facts.first_price_minor is not None else price
    return (
        facts.number, title, first, last, facts.address, phone, mobile, source,
        f"{facts.created_at.astimezone(zone):%d/%m/%y}", facts.email or "", ", ".join(facts.work),
        plain_amount(price, pence="always"), plain_amount(first_price, pence="always"),
        FREQUENCY_WORDS.get(facts.frequency or "", ""), notes_of(facts, Draft(), names_all_work=True),
    )  # fmt: skip


def _phones(e164: str | None) -> tuple[str, str]:
    """The columns Phone and Mobile."""
    found = parse_phone(e164)
    if found is None:
        return e164 or "", ""
    return ("", found.national) if found.kind == "mobile" else (found.national, "")
