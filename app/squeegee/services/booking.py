"""The first clean has a date: kept on the lead and told, whoever says so."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import update

from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.models import BookingNews
from app.squeegee.services.states import TOPIC
from app.workspaces.queries import today_here

_PAST, _FUTURE = timedelta(days=366), timedelta(days=730)


def record_booking(lead_id: UUID, first_service_date: date, actor: Actor, *, webhook_id: str | None = None) -> Lead:
    """The first clean has a date: keep it and tell; the reaction moves the lead. The same date again changes nothing.

    A person's date replaces the one there was, and settles news that says the same. Raises Invalid for a date more
    than a year ago or two years ahead.
    """
    lead = get_lead(lead_id, lock=True)
    if lead.booking_confirmed_at is not None and lead.first_service_date == first_service_date:
        return lead
    if not is_plausible(first_service_date):
        raise Invalid({"first_service_date": "Choose a date between a year ago and two years from now."})
    before = lead.first_service_date.isoformat() if lead.first_service_date else None
    data = {"first_service_date": first_service_date.isoformat()}
    record_activity(
        lead, "transfer", "booking.confirmed", actor, data=data | ({"webhook_id": webhook_id} if webhook_id else {}),
        before={"first_service_date": before}, after=data, topics=(TOPIC,),
    )  # fmt: skip
    settle_news(lead, first_service_date, "taken", actor)
    return lead


def is_plausible(day: date) -> bool:
    """Whether a first clean may be on that day."""
    return today_here() - _PAST <= day <= today_here() + _FUTURE


def settle_news(lead: Lead, day: date | None, state: str, actor: Actor) -> int:
    """Put news of the lead that waits for a person into `state`; with `day` only what says that day. The count."""
    waiting = [
        BookingNews.workspace_id == lead.workspace_id, BookingNews.lead_id == lead.id, BookingNews.state == "differs",
    ]  # fmt: skip
    if day is not None:
        waiting.append(BookingNews.first_service_date == day)
    done = db.session.execute(
        update(BookingNews).where(*waiting).values(state=state, decided_by=actor.user_id, decided_at=utcnow())
    )
    return int(done.rowcount)
