"""What a column of the batch file can hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.money import plain_amount
from app.core.names import split_name
from app.core.phones import parse as parse_phone
from app.leads.words import FREQUENCY_WORDS, SERVICE_WORDS
from app.squeegee.mapping.account import Account
from app.squeegee.mapping.facts import LeadFacts
from app.squeegee.mapping.once import once_words
from app.squeegee.mapping.patterns import notes_of, tags_of
from app.squeegee.mapping.rhythms import rhythm_of
from app.squeegee.mapping.rounds import round_of

Write = Callable[[LeadFacts, Account, ZoneInfo], str]


@dataclass(frozen=True, slots=True)
class FileFact:
    """One thing a column can hold: its words on the settings page, its usual title, and how it is written."""

    label: str
    title: str
    value: Write


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: a title and one of FILE_FACTS."""

    title: str
    fact: str


def _pence(minor: int | None) -> str:
    return plain_amount(minor, pence="always")


def _phones(e164: str | None) -> tuple[str, str]:
    """Landline and mobile as they are dialled in this country."""
    found = parse_phone(e164)
    if found is None:
        return e164 or "", ""
    return ("", found.national) if found.kind == "mobile" else (found.national, "")


def _weeks(facts: LeadFacts, account: Account) -> str:
    rhythm = rhythm_of(facts.frequency, account)
    return str(rhythm.interval) if rhythm is not None and rhythm.interval else ""


FILE_FACTS: dict[str, FileFact] = {
    "reference": FileFact("Lead number", "Cust Ref", lambda facts, account, zone: facts.number),
    "title": FileFact("Title", "Title", lambda facts, account, zone: split_name(facts.name)[0]),
    "first_name": FileFact("First name", "First Name", lambda facts, account, zone: split_name(facts.name)[1]),
    "last_name": FileFact("Last name", "Last Name", lambda facts, account, zone: split_name(facts.name)[2]),
    "address": FileFact("Whole address", "Address Line 1", lambda facts, account, zone: facts.address),
    "phone": FileFact("Landline", "Phone", lambda facts, account, zone: _phones(facts.phone)[0]),
    "mobile": FileFact("Mobile", "Mobile", lambda facts, account, zone: _phones(facts.phone)[1]),
    "source": FileFact("Source", "Source", lambda facts, account, zone: facts.source),
    "added": FileFact(
        "Day of the enquiry", "Added", lambda facts, account, zone: f"{facts.created_at.astimezone(zone):%d/%m/%y}"
    ),
    "email": FileFact("Email", "Email", lambda facts, account, zone: facts.email or ""),
    "services": FileFact("Services and extras", "Services", lambda facts, account, zone: ", ".join(facts.work)),
    "price": FileFact("Price a visit", "Price", lambda facts, account, zone: _pence(facts.price_minor)),
    "initial_price": FileFact(
        "Price of the first clean", "Initial Price", lambda facts, account, zone: _pence(facts.first_price)
    ),
    "once": FileFact(
        "Charged once, with the price", "Charged Once", lambda facts, account, zone: once_words(facts.once)
    ),
    "frequency": FileFact(
        "How often, in words", "Frequency",
        lambda facts, account, zone: FREQUENCY_WORDS.get(facts.frequency or "", ""),
    ),
    "notes": FileFact(
        "Notes", "Notes", lambda facts, account, zone: notes_of(facts, account, names_all_work=True)
    ),
    "round": FileFact("Round", "Round", lambda facts, account, zone: round_of(facts, account) or ""),
    "first_date": FileFact(
        "First date", "First Date",
        lambda facts, account, zone: f"{facts.first_date:%d/%m/%y}" if facts.first_date else "",
    ),
    "tags": FileFact("Tags", "Tags", lambda facts, account, zone: ", ".join(tags_of(facts, account))),
    "name": FileFact("Whole name", "Name", lambda facts, account, zone: facts.name),
    "any_phone": FileFact(
        "Phone, whichever there is", "Telephone", lambda facts, account, zone: "".join(_phones(facts.phone))
    ),
    "line1": FileFact("House and street", "Street", lambda facts, account, zone: facts.line1),
    "line2": FileFact("Second line of the address", "Address Line 2", lambda facts, account, zone: facts.line2),
    "town": FileFact("Town", "Town", lambda facts, account, zone: facts.town),
    "postcode": FileFact("Postcode", "Postcode", lambda facts, account, zone: facts.postcode),
    "district": FileFact("Postcode district", "District", lambda facts, account, zone: facts.district or ""),
    "service": FileFact(
        "Service alone", "Service", lambda facts, account, zone: SERVICE_WORDS.get(facts.service, facts.service)
    ),
    "extras": FileFact("Extras alone", "Extras", lambda facts, account, zone: ", ".join(facts.more_work)),
    "service_ids": FileFact(
        "Squeegee’s service ids", "Service Ids",
        lambda facts, account, zone: ", ".join(filter(None, map((account.service_ids or {}).get, facts.codes))),
    ),
    "weeks": FileFact("Weeks between cleans", "Weeks", lambda facts, account, zone: _weeks(facts, account)),
    "access": FileFact("Access", "Access", lambda facts, account, zone: facts.access_notes.strip()),
    "wishes": FileFact("Wishes", "Wishes", lambda facts, account, zone: facts.wishes.strip()),
    "preferred_time": FileFact(
        "Time agreed, else preferred", "Preferred Time", lambda facts, account, zone: facts.time
    ),
    "owner": FileFact("Who looks after it", "Owner", lambda facts, account, zone: facts.owner),
    "blank": FileFact("Nothing: an empty column", "Blank", lambda facts, account, zone: ""),
}  # fmt: skip
#: Those of Squeegee's own Customers.csv, then what a job needs.
DEFAULT_COLUMNS = tuple(
    Column(FILE_FACTS[key].title, key)
    for key in (
        "reference", "title", "first_name", "last_name", "address", "phone", "mobile", "source", "added", "email",
        "services", "price", "initial_price", "frequency", "notes", "round", "first_date", "tags",
    )
)  # fmt: skip


def columns_of(account: Account) -> tuple[Column, ...]:
    """The columns of the workspace's file."""
    kept = [Column(each["title"], each["fact"]) for each in account.file_columns or () if each["fact"] in FILE_FACTS]
    return tuple(kept) or DEFAULT_COLUMNS


def file_row(facts: LeadFacts, account: Account, columns: Sequence[Column], zone: ZoneInfo) -> list[str]:
    """A lead's cells, not yet safe for spreadsheets. `zone` is the workspace's."""
    return [FILE_FACTS[column.fact].value(facts, account, zone) for column in columns]
