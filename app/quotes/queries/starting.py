"""When work under a quote could begin, and whether that lies inside the customer's 14 days to cancel."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.quotes.queries.offering import Offer
from app.quotes.queries.slots import Slot, open_slots
from app.rounds.queries import next_visits
from app.workspaces.queries import current_workspace, today_here

#: Consumer Contracts Regulations 2013, regulation 30: the days after that of the agreement.
DAYS_TO_CANCEL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Start:
    """The times that the customer can choose among; without any, the day on which the round comes next, if known.

    `asks_early`: work could begin inside the 14 days, so that the customer has to ask for it (regulation 36).
    """

    slots: tuple[Slot, ...]
    next_day: date | None
    asks_early: bool


def start_of(offer: Offer) -> Start:
    """When work under an offer could begin."""
    slots = tuple(open_slots(offer.quote.lead_id))
    if slots:
        zone = current_workspace().clock().zone
        days = [slot.starts_at.astimezone(zone).date() for slot in slots]
        return Start(slots, None, any(is_early(day, today_here()) for day in days))
    visits = next_visits(*offer.area, today_here())
    day = visits[0].day if visits else None
    return Start((), day, day is None or is_early(day, today_here()))


def is_early(day: date, agreed_on: date) -> bool:
    """Whether a day lies inside the 14 days that begin after that of the agreement."""
    return day <= agreed_on + DAYS_TO_CANCEL


def cancellable_until(agreed: datetime | None) -> date | None:
    """The last of the 14 days to cancel what was agreed then; None once they are over. Only consumers have the right,
    which the caller has to know.
    """
    if agreed is None:
        return None
    end = agreed.astimezone(current_workspace().clock().zone).date() + DAYS_TO_CANCEL
    return end if end >= today_here() else None
