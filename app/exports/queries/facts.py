"""What a column of an export can hold. Its title is one that our own import knows, where that has a place for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.contacts.models import Contact, Property
from app.core import phones
from app.core.keyring import cipher
from app.core.spreadsheets.writing import Cell
from app.leads.models import Lead, act_name
from app.leads.words import (
    BEDROOM_WORDS,
    CHOICE_WORDS,
    EXTRA_WORDS,
    FREQUENCY_WORDS,
    METHOD_WORDS,
    NOT_KNOWN,
    PRIORITY_WORDS,
    SERVICE_WORDS,
    TIME_WORDS,
    access_words,
    decline_words,
)


@dataclass(slots=True)
class Names:
    """What cells are written with: the zone of the business, and the names that leads only have the ids of."""

    zone: ZoneInfo
    stages: dict[UUID, str]
    sources: dict[UUID, str]
    owners: dict[UUID, str] = field(default_factory=dict)
    tags: dict[UUID, str] = field(default_factory=dict)

    def moment(self, at: datetime | None) -> str:
        """A moment in the zone of the business, as "2026-11-03 14:05"."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" if at else ""


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One column: its key, its title, what it needs read, how a cell is written, and its width in characters."""

    key: str
    title: str
    needs: tuple[Any, ...]
    write: Callable[[Any, Names], Cell]
    width: int = 14


def _sealed(column: Any) -> Callable[[Any, Names], Cell]:
    """The text of a sealed column of a contact or a house."""
    table, name = column.class_.__tablename__, column.key
    row_id = {"contacts": "contact_id", "properties": "property_id", "leads": "id"}[table]
    return lambda row, names: cipher().open(getattr(row, name), table, name, getattr(row, row_id)) or ""


def _phone(row: Any, names: Names) -> Cell:
    """As it is dialled at home: a spreadsheet takes +447… for a sum and writes it as one."""
    number = cipher().open(row.phone_sealed, "contacts", "phone_sealed", row.contact_id)
    return phones.format_national(number) if number else ""


def _access(row: Any, names: Names) -> Cell:
    notes = cipher().open(row.access_notes_sealed, "properties", "access_notes_sealed", row.property_id)
    return access_words(row.access_facts or (), notes)


def _money(name: str, *, nought: bool = True) -> Callable[[Any, Names], Cell]:
    """A sum in pounds; `nought`: whether 0 is one."""

    def write(row: Any, names: Names) -> Cell:
        minor = getattr(row, name)
        return None if minor is None or (not minor and not nought) else (Decimal(minor) / 100).quantize(Decimal("0.01"))

    return write


def _chosen(name: str, words: dict[str, str]) -> Callable[[Any, Names], Cell]:
    return lambda row, names: words.get(getattr(row, name) or "", getattr(row, name) or "")


def _frequency(row: Any, names: Names) -> Cell:
    """Beside a price a blank would be read as a single visit, by people and by our own import."""
    if row.frequency is None and row.price_minor is not None:
        return NOT_KNOWN
    return FREQUENCY_WORDS.get(row.frequency or "", row.frequency or "")


def _plain(name: str) -> Callable[[Any, Names], Cell]:
    return lambda row, names: getattr(row, name)


def _moment(name: str) -> Callable[[Any, Names], Cell]:
    return lambda row, names: names.moment(getattr(row, name))


def _day(name: str) -> Callable[[Any, Names], Cell]:
    def write(row: Any, names: Names) -> Cell:
        day: date | None = getattr(row, name)
        return day.isoformat() if day else ""

    return write


_NEXT = (Lead.next_act, Lead.next_words_sealed)
_FACTS = (
    Fact("number", "Lead number", (Lead.number,), _plain("number")),
    Fact("name", "Name", (Contact.name_sealed,), _sealed(Contact.name_sealed), 26),
    Fact("email", "Email", (Contact.email_sealed,), _sealed(Contact.email_sealed), 30),
    Fact("phone", "Phone", (Contact.phone_sealed,), _phone, 16),
    Fact("preferred_method", "Preferred contact method", (Contact.preferred_method,),
         _chosen("preferred_method", METHOD_WORDS), 16),
    Fact("preferred_time", "Preferred time", (Lead.preferred_time,), _chosen("preferred_time", TIME_WORDS)),
    Fact("line1", "Address line 1", (Property.address_line1_sealed,), _sealed(Property.address_line1_sealed), 26),
    Fact("line2", "Address line 2", (Property.address_line2_sealed,), _sealed(Property.address_line2_sealed), 20),
    Fact("town", "Town", (Property.town_sealed,), _sealed(Property.town_sealed), 16),
    Fact("postcode", "Postcode", (Property.postcode_sealed,), _sealed(Property.postcode_sealed), 11),
    Fact("property_type", "Property type", (Lead.property_type,),
         _chosen("property_type", CHOICE_WORDS["property_type"])),
    Fact("bedrooms", "Bedrooms", (Lead.bedrooms,), _chosen("bedrooms", BEDROOM_WORDS), 10),
    Fact("access", "Access", (Property.access_facts, Property.access_notes_sealed), _access, 24),
    Fact("service", "Service", (Lead.service,), _chosen("service", SERVICE_WORDS), 18),
    Fact("extras", "Extras", (Lead.extras,),
         lambda row, names: ", ".join(EXTRA_WORDS.get(each, each) for each in row.extras or ()), 22),
    Fact("frequency", "Frequency", (Lead.frequency, Lead.price_minor), _frequency),
    Fact("price", "Price", (Lead.price_minor,), _money("price_minor"), 10),
    Fact("first_price", "First clean price", (Lead.first_price_minor,), _money("first_price_minor"), 16),
    Fact("annual", "Yearly value", (Lead.annual_minor,), _money("annual_minor", nought=False), 13),
    Fact("stage", "Stage", (Lead.stage_id,), lambda row, names: names.stages.get(row.stage_id, ""), 20),
    Fact("owner", "Owner", (Lead.owner_id,), lambda row, names: names.owners.get(row.owner_id, ""), 20),
    Fact("source", "Source", (Lead.source_id,), lambda row, names: names.sources.get(row.source_id, ""), 18),
    Fact("priority", "Priority", (Lead.priority,), _chosen("priority", PRIORITY_WORDS), 10),
    Fact("tags", "Tags", (), lambda row, names: names.tags.get(row.id, ""), 24),
    Fact("wishes", "Wishes", (Lead.wishes_sealed,), _sealed(Lead.wishes_sealed), 40),
    Fact("reason", "Decline reason", (Lead.decline_reason,), lambda row, names: decline_words(row.decline_reason), 18),
    Fact("next_act", "Next act", _NEXT,
         lambda row, names: act_name(row.next_act, row.next_words_sealed, row.id) or "", 26),
    Fact("next_act_at", "Next act due", (Lead.next_act_at,), _moment("next_act_at"), 17),
    Fact("created", "Created", (Lead.created_at,), _moment("created_at"), 17),
    Fact("activity", "Last activity", (Lead.last_activity_at,), _moment("last_activity_at"), 17),
    Fact("squeegee_ref", "Squeegee reference", (Lead.squeegee_customer_id,), _plain("squeegee_customer_id"), 19),
    Fact("reference", "Reference", (Lead.source_details,),
         lambda row, names: str((row.source_details or {}).get("reference") or "")),
    Fact("area", "Area", (Lead.district, Lead.sector), lambda row, names: row.sector or row.district or "", 8),
    Fact("month", "Monthly value", (Lead.monthly_minor,), _money("monthly_minor", nought=False)),
    Fact("contacted", "Last contact", (Lead.last_contact_at,), _moment("last_contact_at"), 17),
    Fact("answered", "Answered in (working minutes)", (Lead.first_contact_minutes,), _plain("first_contact_minutes")),
    Fact("method", "Last contact by", (Lead.last_contact_method,), _chosen("last_contact_method", METHOD_WORDS)),
    Fact("chased", "Times chased", (Lead.follow_up_count,), _plain("follow_up_count")),
    Fact("moved", "In its stage since", (Lead.stage_entered_at,), _moment("stage_entered_at"), 17),
    Fact("close", "Expected close", (Lead.expected_close,), _day("expected_close")),
    Fact("chance", "Chance (%)", (Lead.conversion_percent,), _plain("conversion_percent"), 11),
    Fact("quality", "Quality", (Lead.quality_score,), _plain("quality_score"), 9),
    Fact("valid", "Quote valid until", (Lead.quote_valid_until,), _day("quote_valid_until"), 17),
    Fact("returns", "Returns on", (Lead.returns_on,), _day("returns_on")),
    Fact("first_visit", "First visit", (Lead.first_service_date,), _day("first_service_date")),
)  # fmt: skip
FACTS: dict[str, Fact] = {fact.key: fact for fact in _FACTS}
#: Everything that is known of a lead, in order: no column of the list tells more.
EVERYTHING = tuple(FACTS)
#: What stands first in every file: the list shows it before its columns.
_FIRST = ("number", "name")
#: A column of the list -> the facts that its cells tell.
_OF_COLUMN = {
    "wants": ("service", "frequency", "property_type", "bedrooms"), "place": ("area",),
    "due": ("next_act", "next_act_at"),
    "value": ("annual", "price"), "house": ("property_type", "bedrooms"), "extra": ("extras",),
    "first-visit": ("first_visit",),
}  # fmt: skip


def facts_shown(columns: Iterable[str]) -> tuple[str, ...]:
    """The keys of what the list's columns tell, in their order, each once, behind what stands first in every file."""
    told = (fact for column in columns for fact in _OF_COLUMN.get(column, (column,)))
    return tuple(dict.fromkeys((*_FIRST, *told)))


def facts_named(keys: Iterable[str]) -> list[Fact]:
    """The facts of these keys; those that are no more (an older release knew them) left out."""
    return [FACTS[key] for key in keys if key in FACTS]
