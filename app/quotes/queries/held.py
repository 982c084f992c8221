"""Everything that is held about a customer under one enquiry, as they may see it and take it away (UK GDPR, art. 15).

Left out are what staff wrote among themselves, which may be about others too, and other enquiries: whoever has the link
to one quote is not asked who they are. The page says so, and how to get the rest.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, LargeBinary, and_, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import joinedload, lazyload

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.contacts.models import Consent
from app.core.access_keys import without_keys
from app.core.human_time import short_date
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.money import format_money
from app.core.phones import format_national
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.files.models import File
from app.lead_forms.models import FormSubmission
from app.leads.models import Lead
from app.leads.words import CHOICE_WORDS, EXTRA_WORDS, SERVICE_WORDS, often
from app.messaging.models import Message
from app.quotes.models import Quote, QuoteOption
from app.quotes.queries.details import is_house_of_others
from app.quotes.queries.reading import STANDINGS, standing
from app.workspaces.queries import current_workspace, today_here

#: More of each kind than any enquiry ever had.
_MOST = 200
#: The templates that quotes are sent with (services/sending.py).
_WITH_LINK = ("quote_email", "quote_sms")
_CHANNELS = {"email": "email", "sms": "text message"}
_ACCESS_WORDS = {
    "locked_gate": "locked gate", "dog": "dog", "no_parking": "no parking", "over_conservatory": "over a conservatory",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines of (what, value)."""

    title: str
    lines: tuple[tuple[str, str], ...]


def held_about(lead: Lead) -> list[Section]:
    """All of it in sections, those without a line left out. Holds customer data: for rendering only."""
    lines = _lines_of(lead.id)
    found = [
        Section("You", tuple(_person(lead))),
        Section("Your house", tuple(_house(lead))),
        Section("What you asked for", tuple(_enquiry(lead))),
        Section("What you filled in", tuple(lines["form"])),
        Section("Quotes", tuple(_quotes(lead.id))),
        Section("Visits", tuple(lines["visit"])),
        Section("Messages", tuple(_messages(lead.id))),
        Section("What you asked and told us", tuple(lines["enquiry"])),
        Section("Photos and files", tuple(lines["file"])),
        Section("What you agreed to", tuple(lines["consent"])),
    ]
    return [section for section in found if section.lines]


def _person(lead: Lead) -> Iterator[tuple[str, str]]:
    contact = lead.contact
    yield from _given(
        ("Name", contact.name), ("Telephone", format_national(contact.phone) if contact.phone else None),
        ("Email", contact.email), ("Prefers", CHOICE_WORDS["preferred_method"].get(contact.preferred_method)),
    )  # fmt: skip


def _house(lead: Lead) -> Iterator[tuple[str, str]]:
    place = lead.property
    yield from _given(
        ("Address", place.address), ("Kind", CHOICE_WORDS["property_type"].get(lead.property_type or "")),
        ("Bedrooms", CHOICE_WORDS["bedrooms"].get(lead.bedrooms or "")),
    )  # fmt: skip
    if not is_house_of_others(lead):
        facts = ", ".join(_ACCESS_WORDS.get(each, each) for each in place.access_facts)
        yield from _given(("Access", place.access_notes), ("At the house", facts))


def _enquiry(lead: Lead) -> Iterator[tuple[str, str]]:
    yield from _given(
        ("Number", lead.number), ("Came in", _day(lead.created_at)), ("Service", SERVICE_WORDS.get(lead.service)),
        ("How often", often(lead.frequency)), ("Also", ", ".join(EXTRA_WORDS.get(each, each) for each in lead.extras)),
        ("Wishes", lead.wishes), ("Time of day", lead.preferred_time),
        ("Found us by", lead.utm_source or lead.referrer),
        ("Sent from", lead.address), ("Device", lead.device),
    )  # fmt: skip
    for question, answer in json.loads(lead.answers or "[]"):
        yield str(question), str(answer)


def _quotes(lead_id: UUID) -> Iterator[tuple[str, str]]:
    rows = db.session.scalars(
        select(Quote)
        .where(Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id, Quote.state != "draft")
        .order_by(Quote.version_no)
        .limit(_MOST)
        .options(joinedload(Quote.options), lazyload(Quote.lines))
    ).unique()
    for quote in rows:
        words = f"\n{quote.decline_words}" if quote.decline_words else ""
        offers = ", ".join(_offered(quote, each) for each in quote.options)
        yield quote.number, f"{offers}\n{_came_of_it(quote)}{words}"


def _offered(quote: Quote, rung: QuoteOption) -> str:
    return f"{format_money(rung.price_minor, quote.currency)} {often(rung.frequency)}"


def _came_of_it(quote: Quote) -> str:
    """How a quote stands, with what was accepted of it and by whom; a yes outlives the version that came after it."""
    stands = STANDINGS[standing(quote, today_here())][0]
    taken = next((each for each in quote.options if each.id == quote.accepted_option_id), None)
    if taken is None:
        return stands
    by = f" by {quote.accepted_name}" if quote.accepted_name else ""
    agreed = f"Accepted{by}: {_offered(quote, taken)}"
    return agreed if quote.state == "accepted" else f"{agreed}\n{stands}"


def _messages(lead_id: UUID) -> Iterator[tuple[str, str]]:
    """What we wrote, and what came from where a quote was sent to. Anyone can name another person's address as theirs,
    in the public form or behind this link, and that person's mails then come to this enquiry.
    """
    rows = db.session.scalars(
        select(Message)
        .where(Message.workspace_id == current_workspace_id(), Message.lead_id == lead_id)
        .where(Message.state.in_(("sent", "delivered", "received")))
        .order_by(Message.created_at)
        .limit(_MOST)
    )
    rows = list(rows)
    reached = {(each.channel, each.recipient.lower()) for each in rows if each.template_key in _WITH_LINK}
    for message in rows:
        if message.direction == "in" and (message.channel, message.recipient.lower()) not in reached:
            continue
        way = "From you" if message.direction == "in" else "To you"
        text = without_keys(message.body)
        head = f"{message.subject}\n" if message.subject else ""
        yield f"{way} by {_CHANNELS[message.channel]}, {_day(message.sent_at or message.created_at)}", f"{head}{text}"


def _lines_of(lead_id: UUID) -> dict[str, list[tuple[str, str]]]:
    """What lies in tables of few columns, by one statement: form, visits, questions, files, consents."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in ("form", "visit", "enquiry", "file", "consent")}
    for row in db.session.execute(_LINES, {"here": current_workspace_id(), "lead": lead_id}):
        found[row.kind] += _WRITERS[row.kind](row)
    return found


def _form(row: Any) -> Iterator[tuple[str, str]]:
    raw = cipher().open(row.sealed, "form_submissions", "answers_sealed", row.id) or "{}"
    for name, value in json.loads(raw).items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if isinstance(value, dict) else str(value)
        yield from _given((str(name).replace("_", " ").capitalize(), text))


def _visit(row: Any) -> Iterator[tuple[str, str]]:
    yield _day(row.at), f"{row.at.astimezone(current_workspace().clock().zone):%H:%M}, {row.words}"


def _asked(row: Any) -> Iterator[tuple[str, str]]:
    yield _day(row.at), cipher().open(row.sealed, "activities", "body_sealed", row.id) or ""


def _file(row: Any) -> Iterator[tuple[str, str]]:
    yield _day(row.at), f"{cipher().open(row.sealed, 'files', 'name_sealed', row.id)} ({row.words})"


def _consent(row: Any) -> Iterator[tuple[str, str]]:
    yield f"{'Yes' if row.granted else 'No'}, {_day(row.at)}", row.words


def _given(*lines: tuple[str, str | None]) -> Iterator[tuple[str, str]]:
    yield from ((label, value) for label, value in lines if value)


def _day(at: datetime) -> str:
    return short_date(at.astimezone(current_workspace().clock().zone).date())


_WRITERS = {"form": _form, "visit": _visit, "enquiry": _asked, "file": _file, "consent": _consent}
_HERE, _LEAD = bindparam("here"), bindparam("lead")


def _few(kind: str, model: Any, at: Any, of_lead: Any, words: Any, sealed: Any = None, granted: Any = None) -> Any:
    """The rows of a table in the columns that they all share."""
    blob = sealed if sealed is not None else cast(null(), LargeBinary)
    yes = granted if granted is not None else cast(null(), Boolean)
    return (
        select(
            literal(kind).label("kind"), model.id.label("id"), at.label("at"), words.label("words"),
            blob.label("sealed"), yes.label("granted"),
        )
        .where(model.workspace_id == _HERE, of_lead)
        .order_by(at)
        .limit(_MOST)
        .subquery()
    )  # fmt: skip


_THEIRS = select(Lead.contact_id).where(Lead.workspace_id == _HERE, Lead.id == _LEAD).scalar_subquery()
_LINES = union_all(
    *(
        select(rows)
        for rows in (
            _few("form", FormSubmission, FormSubmission.created_at, FormSubmission.lead_id == _LEAD, literal(""),
                 FormSubmission.answers_sealed),
            _few("visit", Appointment, Appointment.starts_at, Appointment.lead_id == _LEAD, Appointment.status),
            _few("enquiry", Activity, Activity.at, and_(Activity.lead_id == _LEAD, Activity.kind == fixed("enquiry")),
                 literal(""), Activity.body_sealed),
            _few("file", File, File.created_at, and_(File.lead_id == _LEAD, File.removed_at.is_(None)), File.kind,
                 File.name_sealed),
            _few("consent", Consent, Consent.created_at, Consent.contact_id == _THEIRS, Consent.wording,
                 granted=Consent.granted),
        )
    )
)  # fmt: skip
