"""Reading what was typed into a fact's field: the value to keep, or what is wrong with it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import email_addresses, phones, postcodes
from app.core.days import read_day
from app.core.errors import Invalid
from app.core.money import parse_money
from app.core.numbers import whole_number
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import LeadSource
from app.leads.queries.facts import Fact
from app.workspaces.models import Membership

LONGEST = 2_000
TOO_LONG = f"Keep it under {LONGEST:,} characters."


def parsed(fact: Fact, typed: str) -> Any:
    """What was typed, normalised. Raises Invalid naming the fact and what to do."""
    text = typed.replace("\r\n", "\n").strip()  # as a browser writes line breaks, whatever they were before
    if not text:
        if fact.required:
            raise Invalid({fact.name: f"{fact.label} can't be blank."})
        return [] if fact.kind == "choices" else None
    if len(text) > LONGEST:
        raise Invalid({fact.name: TOO_LONG})
    if fact.kind == "number":
        return _number(fact, text)
    if fact.kind in ("choice", "choices"):
        picked = text.split(",") if fact.kind == "choices" else [text]
        if not set(picked) <= set(fact.choices):
            raise Invalid({fact.name: "Choose one from the list."})
        # In the order of the list, so that the same ticks are the same value.
        return [each for each in fact.choices if each in picked] if fact.kind == "choices" else text
    parser, advice = _PARSERS.get(fact.kind, (_as_is, ""))
    value = parser(text)
    if value is None:
        raise Invalid({fact.name: advice})
    return value


def _number(fact: Fact, text: str) -> int:
    low, high = fact.span
    number = whole_number(text.removesuffix("%").strip(), high)
    if number is None or number < low:
        raise Invalid({fact.name: f"Enter a whole number from {low} to {high}."})
    return number


def _date(text: str) -> date | None:
    day = read_day(text)
    return day if day and 2000 <= day.year <= 2100 else None


def _as_is(text: str) -> str:
    return text


def _phone(text: str) -> str | None:
    found = phones.parse(text)
    return found.e164 if found else None


def _postcode(text: str) -> str | None:
    found = postcodes.parse_outward_or_full(text)
    return found.text if found else None


def _member(text: str) -> UUID | None:
    return _one_of_ours(text, select(Membership.user_id).where(Membership.deactivated_at.is_(None)), Membership.user_id)


def _source(text: str) -> UUID | None:
    return _one_of_ours(text, select(LeadSource.id), LeadSource.id)


def _one_of_ours(text: str, query: Select[tuple[UUID]], column: Any) -> UUID | None:
    """The id that was typed, if it is one of the workspace's that `query` finds."""
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    here = column.class_.workspace_id == current_workspace_id()
    return db.session.execute(query.where(here, column == wanted)).scalar_one_or_none()


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "email": (email_addresses.parse, "Enter an email address, like name@example.com."),
    "phone": (_phone, "Enter a phone number, like 01749 960123 or 07700 900123."),
    "postcode": (_postcode, "Enter a postcode, like BA5 2QJ, or its first half, like BA5."),
    "money": (parse_money, "Enter an amount in pounds, like 24 or 24.50."),
    "member": (_member, "Choose someone who works here."),
    "source": (_source, "Choose one from the list."),
    "date": (_date, "Enter a day, like 2026-12-08."),
}
