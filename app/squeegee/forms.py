"""Reading what was typed into the Squeegee forms."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.core.days import read_day
from app.core.errors import Invalid
from app.core.ids import parse_id
from app.squeegee.models import METHODS
from app.squeegee.queries import STANDINGS, TransferFilter


def read_date(typed: Mapping[str, str], name: str = "first_service_date") -> date | None:
    """A day as people type one (core/days.py), None when it was left blank. Raises Invalid for anything else."""
    text = typed.get(name, "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise Invalid({name: "Enter a date, like 08/12/2026."})
    return day


def read_ids(texts: list[str]) -> list[UUID]:
    """The ids that were ticked; what is no id is nobody's lead and left out."""
    return [found for text in texts if (found := parse_id(text))]


def read_transfer_filter(asked: Mapping[str, str]) -> TransferFilter:
    """What the address of the history narrows it to; what can't be read narrows nothing."""
    status, method = asked.get("status", ""), asked.get("method", "")
    return TransferFilter(
        status=status if status in STANDINGS else "",
        method=method if method in METHODS else "",
        by=parse_id(asked.get("by")), since=_day(asked.get("from", "")), until=_day(asked.get("to", "")),
        lead_id=parse_id(asked.get("lead")),
    )  # fmt: skip


def _day(text: str) -> date | None:
    """A day of these times, as an address names it."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
