"""The columns a list can have: what each reads, and how a cell of it is written. A person picks and orders them.

Cells are written here and not in the template: fifty rows of ten cells are the most of a list's work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.contacts.models import Contact
from app.core import phones
from app.core.human_time import duration, humanise_due, humanise_past, working_time
from app.core.keyring import cipher
from app.core.money import format_money
from app.leads.models import Lead, act_name
from app.leads.queries.cards import house_words, what_is_wanted
from app.leads.words import (
    BEDROOM_WORDS,
    EXTRA_WORDS,
    METHOD_WORDS,
    PRIORITY_WORDS,
    SERVICE_WORDS,
    decline_words,
    rhythm,
)

#: More would make rows that nobody reads and pages over their size.
MOST_COLUMNS = 10


class Html(str):
    """Text that is HTML already. Lighter than Markup, of which a page would make a thousand."""

    __slots__ = ()


@dataclass(slots=True)
class Paper:
    """What cells are written with: the present, and the names that rows only have the ids of."""

    now: datetime
    zone: ZoneInfo
    stages: dict[UUID, Html]
    sources: dict[UUID, str]
    tags: dict[UUID, Html]

    def past(self, at: datetime | None) -> str | Html:
        """When something happened; the exact time on hover."""
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        recent = (self.now.astimezone(self.zone).date() - local.date()).days < 2
        words = humanise_past(at, self.now, self.zone) if recent else self.day(local.date())
        return Html(f'<time title="{local:%a %-d %b %Y, %H:%M}">{words}</time>')

    def day(self, day: date | None) -> str:
        """Such as "8 Dec", with the year if it is another."""
        if day is None:
            return ""
        return day.strftime("%-d %b" if day.year == self.now.year else "%-d %b %Y")


Writer = Callable[[Any, Paper], str | Html]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column: its name in what people keep, its head, what it needs read, and how a cell is written."""

    key: str
    label: str
    needs: tuple[Any, ...]
    write: Writer
    sort: str = ""
    css: str = ""

    def cell(self, row: Any, paper: Paper) -> str:
        """The cell of a row as HTML, whose end is where the next one begins: five hundred ends would weigh 3 KB."""
        words = self.write(row, paper)
        css = f' class="{self.css}"' if self.css else ""
        return f"<td{css}>{words if type(words) is Html else escape(words)}"


def _next(row: Any, paper: Paper) -> str | Html:
    if not row.next_act:
        return ""
    words, tone = humanise_due(row.next_act_at, paper.now, paper.zone) if row.next_act_at else ("", "")
    css = "" if tone == "plain" else f' class="{tone}"'
    name = escape(act_name(row.next_act, row.next_words_sealed, row.id))
    if row.next_words_sealed:  # a person's own, which may be long
        name = f'<span class="own" title="{name}">{name}</span>'
    return Html(f"{name} <time{css}>{words}</time>")


def _priority(row: Any, paper: Paper) -> str | Html:
    word = PRIORITY_WORDS.get(row.priority, "")
    return Html(f"<b>{word}</b>") if row.priority in ("high", "urgent") else word


def _phone(row: Any, paper: Paper) -> str | Html:
    number = cipher().open(row.phone_sealed, "contacts", "phone_sealed", row.contact_id)
    if not number:
        return ""
    return Html(f'<a href="tel:{escape(number)}" hx-boost="false">{escape(phones.format_national(number))}</a>')


def _email(row: Any, paper: Paper) -> str | Html:
    email = cipher().open(row.email_sealed, "contacts", "email_sealed", row.contact_id)
    return Html(f'<a href="mailto:{escape(email)}" hx-boost="false">{escape(email)}</a>') if email else ""


def _pounds(minor: int | None) -> str:
    return format_money((minor + 50) // 100 * 100) if minor else ""


def _worth(row: Any, paper: Paper) -> str | Html:
    """What a lead brings a year; else its price, in words that nobody takes for a year of it."""
    if row.annual_minor or not row.price_minor:
        return _pounds(row.annual_minor)
    words = "once" if row.frequency == "one_off" else "a visit"
    return Html(f"{escape(format_money(row.price_minor))} <i>{words}</i>")


def _answered(row: Any, paper: Paper) -> str:
    """How soon in opening hours; by the clock where nobody was at work meanwhile."""
    if row.first_contact_at is None or row.first_contact_minutes is None:
        return ""
    taken = int((row.first_contact_at - row.created_at).total_seconds())
    return working_time(row.first_contact_minutes) if row.first_contact_minutes else duration(max(0, taken))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


_EVERY = (
    Column("wants", "Wants", (Lead.service, Lead.frequency, Lead.property_type, Lead.bedrooms),
           lambda row, paper: what_is_wanted(row.service, row.frequency, row.property_type, row.bedrooms),
           css="wrap wants"),
    Column("place", "Place", (Lead.district, Lead.sector), lambda row, paper: row.sector or row.district or "",
           css="place"),
    Column("stage", "Stage", (Lead.stage_id,), lambda row, paper: paper.stages.get(row.stage_id, ""), css="in"),
    Column("due", "Next act", (Lead.next_act, Lead.next_words_sealed, Lead.next_act_at), _next, "due", "wrap due"),
    Column("owner", "Owner", (Lead.owner_id,), lambda row, paper: row.owner_name or "", css="owner"),
    Column("value", "A year", (Lead.annual_minor, Lead.price_minor, Lead.frequency), _worth, "value", "num value"),
    Column("created", "Came in", (Lead.created_at,), lambda row, paper: paper.past(row.created_at), "created", "came"),
    Column("activity", "Last activity", (Lead.last_activity_at,),
           lambda row, paper: paper.past(row.last_activity_at), "activity"),
    Column("tags", "Tags", (Lead.id,), lambda row, paper: paper.tags.get(row.id, ""), css="wrap"),
    Column("priority", "Priority", (Lead.priority,), _priority),
    Column("phone", "Phone", (Contact.phone_sealed,), _phone),
    Column("email", "Email", (Contact.email_sealed,), _email, css="wrap"),
    Column("source", "Source", (Lead.source_id,), lambda row, paper: paper.sources.get(row.source_id, "")),
    Column("price", "Price", (Lead.price_minor,),
           lambda row, paper: "" if row.price_minor is None else format_money(row.price_minor), css="num"),
    Column("month", "A month", (Lead.monthly_minor,), lambda row, paper: _pounds(row.monthly_minor), css="num"),
    Column("frequency", "How often", (Lead.frequency, Lead.service),
           lambda row, paper: rhythm("window_cleaning", row.frequency) if row.frequency else ""),
    Column("service", "Service", (Lead.service,), lambda row, paper: SERVICE_WORDS.get(row.service, row.service)),
    Column("house", "House", (Lead.property_type, Lead.bedrooms),
           lambda row, paper: house_words(row.property_type, row.bedrooms)),
    Column("bedrooms", "Bedrooms", (Lead.bedrooms,), lambda row, paper: BEDROOM_WORDS.get(row.bedrooms or "", "")),
    Column("extra", "Extras", (Lead.extras,),
           lambda row, paper: ", ".join(EXTRA_WORDS.get(extra, extra) for extra in row.extras or ()), css="wrap"),
    Column("contacted", "Last contact", (Lead.last_contact_at,), lambda row, paper: paper.past(row.last_contact_at)),
    Column("answered", "Answered in", (Lead.first_contact_minutes, Lead.first_contact_at, Lead.created_at), _answered,
           css="num"),
    Column("method", "Last contact by", (Lead.last_contact_method,),
           lambda row, paper: METHOD_WORDS.get(row.last_contact_method or "", "")),
    Column("chased", "Chased", (Lead.follow_up_count,), lambda row, paper: _number(row.follow_up_count or None),
           css="num"),
    Column("moved", "In its stage since", (Lead.stage_entered_at,),
           lambda row, paper: paper.past(row.stage_entered_at)),
    Column("close", "Expected close", (Lead.expected_close,), lambda row, paper: paper.day(row.expected_close)),
    Column("chance", "Chance", (Lead.conversion_percent,),
           lambda row, paper: "" if row.conversion_percent is None else f"{row.conversion_percent}%", css="num"),
    Column("quality", "Quality", (Lead.quality_score,), lambda row, paper: _number(row.quality_score), css="num"),
    Column("valid", "Quote until", (Lead.quote_valid_until,), lambda row, paper: paper.day(row.quote_valid_until)),
    Column("returns", "Returns on", (Lead.returns_on,), lambda row, paper: paper.day(row.returns_on)),
    Column("reason", "Declined because", (Lead.decline_reason,),
           lambda row, paper: decline_words(row.decline_reason), css="wrap"),
    Column("first-visit", "First visit", (Lead.first_service_date,),
           lambda row, paper: paper.day(row.first_service_date)),
)  # fmt: skip
COLUMNS: dict[str, Column] = {each.key: each for each in _EVERY}
USUAL = ("wants", "place", "stage", "due", "owner", "value", "created")


def read_columns(given: Iterable[str] | None) -> list[Column]:
    """The columns of these names, in their order, each once, ten at most; the usual ones for none."""
    known = [COLUMNS[key] for key in dict.fromkeys(given or ()) if key in COLUMNS]
    return known[:MOST_COLUMNS] or [COLUMNS[key] for key in USUAL]
