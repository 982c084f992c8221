"""Cards: what the board and the list show of a lead, read as tuples and opened in Python once a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.contacts.models import Contact
from app.core.keyring import cipher
from app.leads.models import Lead, act_name
from app.leads.words import PROPERTY_WORDS, rhythm

CARD_COLUMNS = (
    Lead.id, Lead.number, Lead.stage_id, Lead.rank, Lead.version, Lead.service, Lead.frequency, Lead.property_type,
    Lead.bedrooms, Lead.district, Lead.sector, Lead.annual_minor, Lead.priority, Lead.next_act, Lead.next_words_sealed,
    Lead.next_act_at, Lead.owner_id, Lead.created_at, Lead.contact_id, Lead.price_minor, Contact.name_sealed,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """One lead on the board or in the list. `is_single`: one visit is wanted, which has a price and no year of it."""

    id: UUID
    number: str
    stage_id: UUID
    rank: int
    name: str
    what: str
    place: str
    annual_minor: int
    priority: str
    next_act: str | None
    next_act_at: datetime | None
    owner_id: UUID | None
    created_at: datetime
    is_starred: bool = False
    #: Where several people's leads are shown.
    owner_name: str | None = None
    price_minor: int | None = None
    is_single: bool = False
    noun: str = "lead"


def card_of(row: Row[Any] | Any, *, is_starred: bool = False) -> Card:
    """A card from a row with CARD_COLUMNS. `is_starred`: whether the person who looks has given it a star."""
    return Card(
        row.id, row.number, row.stage_id, row.rank,
        cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id),
        what_is_wanted(row.service, row.frequency, row.property_type, row.bedrooms),
        row.sector or row.district or "",
        row.annual_minor, row.priority, act_name(row.next_act, row.next_words_sealed, row.id), row.next_act_at,
        row.owner_id, row.created_at, is_starred, getattr(row, "owner_name", None), row.price_minor,
        row.frequency == "one_off",
    )  # fmt: skip


def what_is_wanted(service: str, frequency: str | None, property_type: str | None, bedrooms: str | None) -> str:
    """Such as "8-weekly · 3-bed semi", leaving out what is not known."""
    return " · ".join(filter(None, (rhythm(service, frequency), house_words(property_type, bedrooms))))


def house_words(property_type: str | None, bedrooms: str | None) -> str:
    """Such as "3-bed semi", as far as it is known."""
    house = PROPERTY_WORDS.get(property_type or "", "")
    if house and bedrooms and property_type != "commercial":
        return f"{bedrooms} bed {house}" if bedrooms in ("1-2", "6+") else f"{bedrooms}-bed {house}"
    return house or (f"{bedrooms} bedrooms" if bedrooms else "")
