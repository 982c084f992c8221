"""What Squeegee's side says about bookings: taken where nothing contradicts it, shown to a person where something does.

Messages come late, twice and out of order; the same one changes nothing the second time, and none moves a date that
the lead has already. Only a person does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.activities.services import record_activity, set_quietly
from app.core.errors import Conflict, Invalid
from app.core.ids import new_id
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.models import BookingNews
from app.squeegee.queries.reading import is_given_up
from app.squeegee.services.booking import is_plausible, record_booking, settle_news
from app.squeegee.services.states import TOPIC

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What news says. `reference` is the lead's number; `message_id` the message's own id, where it has one."""

    reference: str
    first_service_date: date
    message_id: str = ""
    customer_id: str | None = None
    job_id: str | None = None


def take_news(source: str, confirmation: Confirmation, actor: Actor) -> str:
    """Take news of a booking by itself ("webhook") or from a file ("file").

    Returns recorded, known, differs or unknown. What was taken before changes nothing, and a date other than the one
    the lead has waits for a person. Raises Invalid for a date that no first clean has.
    """
    lead = _lead_of(confirmation.reference)
    if lead is None:
        log.info("booking_news_ignored", source=source, reason="unknown_reference")
        return "unknown"
    if not is_plausible(confirmation.first_service_date):
        raise Invalid({"first_service_date": "The date is more than a year ago or two years ahead."})
    state = _judge(lead, confirmation)
    if source == "file" and state == "same":  # an export names every customer each time: nothing to remember
        return "known"
    news_id = _keep(source, lead, confirmation, state)
    if news_id is None or state == "same":
        return "known"
    if state == "differs":
        _tell(lead, "booking.differs", confirmation.first_service_date, news_id, actor)
        return "differs"
    _fill_ids(lead, confirmation)
    record_booking(lead.id, confirmation.first_service_date, actor, webhook_id=confirmation.message_id or None)
    return "recorded"


def take_file(lines: Sequence[Confirmation], actor: Actor) -> Counter[str]:
    """Take the lines of a file of bookings that a person has looked at; how many were recorded, differ and so on.

    Always in the same order, so that two files can't block each other. Leads that are no longer there are unknown.
    """
    taken: Counter[str] = Counter()
    for line in sorted(lines, key=lambda each: each.reference):
        try:
            taken[take_news("file", line, actor)] += 1
        except Invalid:
            taken["unreadable"] += 1
    return taken


def decide(news_id: UUID, *, take_theirs: bool, seen: date | None, actor: Actor) -> Lead:
    """Settle a difference: move the booking to the date of this news, or keep ours. Either ends all of the lead's.

    `seen` is our date as the person saw it. Raises NotFound, and Conflict when it was settled or changed meanwhile.
    """
    query = select(BookingNews).where(BookingNews.workspace_id == current_workspace_id(), BookingNews.id == news_id)
    lead = get_lead(load_one(query).lead_id, lock=True)  # whoever takes news holds the lead first, so do we
    news = load_one(query, lock=True)
    if news.state != "differs":
        raise Conflict(f"Somebody has settled the date of {lead.number} meanwhile.")
    if lead.first_service_date != seen:
        raise Conflict(f"The date of {lead.number} changed meanwhile. Look again.")
    if take_theirs:
        theirs = Confirmation(lead.number, news.first_service_date, "", news.customer_id, news.job_id)
        _fill_ids(lead, theirs)
        record_booking(lead.id, news.first_service_date, actor)
    else:
        _tell(lead, "booking.kept", news.first_service_date, news.id, actor)
    settle_news(lead, None, "dismissed", actor)  # what said the date that was taken is settled as taken by now
    return lead


def _lead_of(reference: str) -> Lead | None:
    query = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.number == reference)
    lead_id = db.session.scalar(query)
    return get_lead(lead_id, lock=True) if lead_id else None


def _judge(lead: Lead, confirmation: Confirmation) -> str:
    """Applied to a lead without a date that nobody gave up; the same where it says nothing new; else it differs."""
    if lead.booking_confirmed_at is None and not is_given_up(lead.shelf, lead.stage_id):
        return "applied"
    if lead.booking_confirmed_at is not None and lead.first_service_date == confirmation.first_service_date:
        return "same"
    waits = db.session.scalar(
        select(BookingNews.id)
        .where(
            BookingNews.workspace_id == lead.workspace_id, BookingNews.lead_id == lead.id,
            BookingNews.state == "differs", BookingNews.first_service_date == confirmation.first_service_date,
        )
        .limit(1)
    )  # fmt: skip
    return "same" if waits else "differs"


def _keep(source: str, lead: Lead, confirmation: Confirmation, state: str) -> UUID | None:
    """Write the news down; None when it is known. A file's line is the same while our date is: then it was settled."""
    theirs, ours = confirmation.first_service_date, lead.first_service_date
    own_key = confirmation.message_id if source == "webhook" else f"{lead.id}/{theirs}/{ours or '-'}"
    row = insert(BookingNews).values(
        workspace_id=lead.workspace_id, id=new_id(), lead_id=lead.id, source=source, news_key=f"{source}/{own_key}",
        first_service_date=theirs, date_before=ours, customer_id=confirmation.customer_id,
        job_id=confirmation.job_id, state=state,
    )  # fmt: skip
    kept = row.on_conflict_do_nothing(index_elements=["workspace_id", "news_key"]).returning(BookingNews.id)
    return db.session.scalar(kept)


def _fill_ids(lead: Lead, confirmation: Confirmation) -> None:
    set_quietly(
        lead,
        {
            "squeegee_customer_id": lead.squeegee_customer_id or confirmation.customer_id,
            "squeegee_job_id": lead.squeegee_job_id or confirmation.job_id,
        },
    )


def _tell(lead: Lead, event: str, theirs: date, news_id: UUID, actor: Actor) -> None:
    ours = lead.first_service_date.isoformat() if lead.first_service_date else None
    data = {"theirs": theirs.isoformat(), "ours": ours}
    record_activity(lead, "transfer", event, actor, data=data, subject_id=news_id, topics=(TOPIC,))
