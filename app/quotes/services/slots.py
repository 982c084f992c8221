"""Offering times to a customer, and the customer's choice among them.

The lead's row is locked first, so that two choices at once queue up; who is sent is guarded by appointments.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.activities.services import record_activity
from app.appointments.models import Appointment
from app.appointments.queries import is_busy
from app.appointments.services import book_visit
from app.appointments.words import span_words
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging import services as messaging
from app.quotes.models import Quote, SlotOffer
from app.quotes.queries import accepted_quote, get_quote, standing
from app.quotes.queries.slots import MOST_OFFERED, Slot, can_be_sent, count_offered, get_slot, open_slots
from app.quotes.queries.starting import is_early
from app.quotes.services.answering import accept
from app.quotes.services.sending import link_of
from app.rounds.queries import closed_on
from app.workspaces.queries import current_workspace, today_here

TELLING = {"email": "times_email", "sms": "times_sms"}
FURTHEST = timedelta(days=183)
LONGEST = timedelta(hours=12)
GONE = "That time has just been taken."
LEFT = "We can't come at that time after all. Choose another, or let us ring you."
ASK_EARLY = "This time lies inside your 14 days to cancel. Tick this to have us then, or choose a later time."


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A time as written, in the business's own zone; `user_id` is who comes, None for whoever is free."""

    day: date
    starts: time
    ends: time
    user_id: UUID | None = None


def offer_slot(lead_id: UUID, draft: SlotDraft, actor: Actor) -> SlotOffer:
    """Offer a time to the lead's customer. The same time twice gives the first. Raises Invalid, NotFound."""
    lead = get_lead(lead_id, lock=True)
    starts_at, ends_at = _checked(draft)
    same = db.session.scalars(
        select(SlotOffer).where(
            SlotOffer.workspace_id == current_workspace_id(), SlotOffer.lead_id == lead.id,
            SlotOffer.starts_at == starts_at, SlotOffer.state == "offered",
        ).limit(1)
    ).first()  # fmt: skip
    if same is not None:
        return same
    if count_offered(lead.id) >= MOST_OFFERED:
        raise Invalid({"day": f"{MOST_OFFERED} times are offered already. Take one back first."})
    slot = SlotOffer(
        lead_id=lead.id, user_id=draft.user_id, starts_at=starts_at, ends_at=ends_at, created_by=actor.user_id
    )
    db.session.add(slot)
    db.session.flush()
    record_activity(lead, "appointment", "slot.offered", actor, subject_id=slot.id, data=_told(slot))
    return slot


def withdraw_slot(slot_id: UUID, actor: Actor) -> SlotOffer:
    """Take an offer back. Raises NotFound, or Conflict when the customer has chosen it meanwhile."""
    lead = get_lead(get_slot(slot_id).lead_id, lock=True)
    slot = get_slot(slot_id, lock=True)
    if slot.state == "taken":
        raise Conflict("The customer has chosen this time meanwhile.")
    if slot.state == "offered":
        slot.state = "withdrawn"
        db.session.flush()
        record_activity(lead, "appointment", "slot.withdrawn", actor, subject_id=slot.id, data=_told(slot))
    return slot


def open_quote_of(lead_id: UUID) -> Quote | None:
    """The quote under whose link the lead's customer can choose a time: the one they have accepted, where a time is to
    be had without another yes, else the newest; None when none stands.
    """
    accepted = accepted_quote(lead_id)
    if accepted is not None and accepted.revoked_at is None:
        return accepted
    rows = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id,
            Quote.state.in_(("sent", "accepted")), Quote.revoked_at.is_(None),
        )
        .order_by(Quote.version_no.desc())
        .limit(2)
    )  # fmt: skip
    return next((each for each in rows if standing(each, today_here()) in ("open", "accepted")), None)


def tell_of_slots(lead_id: UUID, channel: str, actor: Actor) -> None:
    """Send the lead's customer the link under which they choose, by email or sms. Raises Invalid, NotFound."""
    lead = get_lead(lead_id)
    quote, recipient = open_quote_of(lead_id), messaging.ways_to_reach(lead.contact).get(channel)
    if quote is None:
        raise Invalid({"": "They choose on the page of their quote. Send one first."})
    if recipient is None:
        raise Invalid({"": "This customer can't be reached that way. Choose another."})
    words = messaging.render_template(TELLING[channel], lead, link=link_of(quote), link_label="Choose a time")
    messaging.compose(
        lead, channel, recipient=recipient, subject=words.subject, body=words.body, html=words.html,
        template_key=TELLING[channel], template_version_no=words.version_no, created_by=actor.user_id, actor=actor,
    )  # fmt: skip


def accept_with_slot(
    quote: Quote, option_id: UUID | None, name: str, early_start: bool, slot_id: UUID | None, actor: Actor
) -> bool:
    """Accept one rung and choose a time for it; whether the time could still be had. The yes stands without it.

    Raises what `accept` raises, and Invalid for a time inside the 14 days to cancel that was not asked for.
    """
    slot = next((each for each in open_slots(quote.lead_id) if each.id == slot_id), None)  # not for one that is gone
    if slot is not None and not early_start and _is_early(slot, quote):
        raise Invalid({"early_start": ASK_EARLY})
    accept(quote, option_id, name, early_start, actor)
    try:
        choose_slot(quote, slot_id, early_start, actor)
    except (Conflict, Invalid):
        return False
    return True


def choose_slot(quote: Quote, slot_id: UUID | None, early_start: bool, actor: Actor) -> Appointment:
    """The customer of a quote that stands chooses a time; the others offered to them are taken back.

    Choosing the same one again gives its visit. `early_start` as in `accept`, if it was not asked for then. Raises
    Invalid when none was chosen or the 14 days to cancel are in the way, Conflict when the time has gone or who would
    have come has left, another was chosen before, or the quote does not stand.
    """
    lead = get_lead(quote.lead_id, lock=True)
    quote = get_quote(quote.id, lock=True)
    if standing(quote, today_here()) not in ("open", "accepted"):
        raise Conflict("This quote does not stand any more.")
    slot = next((each for each in _offered_to(lead.id) if each.id == slot_id), None)
    if slot is None:
        raise Invalid({"slot": "Choose one of the times."})
    if slot.state == "taken" and slot.appointment_id is not None:
        return db.session.get_one(Appointment, (slot.workspace_id, slot.appointment_id))
    if slot.state != "offered" or slot.starts_at <= utcnow():
        raise Conflict(GONE)
    if (slot.user_id is not None and not can_be_sent(slot.user_id)) or closed_on(_day_of(slot)):
        raise Conflict(LEFT)
    asks_early = early_start or quote.starts_before_cancellation_ends
    if _is_early(slot, quote) and not asks_early:
        raise Invalid({"early_start": ASK_EARLY})
    visit = book_visit(lead, slot.starts_at, slot.ends_at, slot.user_id, actor)
    slot.state, slot.appointment_id = "taken", visit.id
    if quote.state == "accepted" and early_start and not quote.starts_before_cancellation_ends:
        quote.starts_before_cancellation_ends = True
        _tell_of_early_start(quote, actor)
    db.session.flush()
    _take_back_others(lead, slot)
    return visit


def _checked(draft: SlotDraft) -> tuple[datetime, datetime]:
    zone, errors = current_workspace().clock().zone, {}
    starts_at = datetime.combine(draft.day, draft.starts, zone).astimezone(UTC)
    ends_at = datetime.combine(draft.day, draft.ends, zone).astimezone(UTC)
    closed = closed_on(draft.day)
    if starts_at <= utcnow():
        errors["day"] = "Choose a time to come."
    elif draft.day > today_here() + FURTHEST:
        errors["day"] = "Choose a day within half a year."
    elif closed:
        errors["day"] = f"Nobody works on that day: {closed}."
    if not timedelta() < ends_at - starts_at <= LONGEST:
        errors["ends"] = "The end comes after the beginning."
    elif draft.user_id is not None and not can_be_sent(draft.user_id):
        errors["user"] = "Choose somebody who works here."
    elif draft.user_id is not None and is_busy(draft.user_id, starts_at, ends_at):
        errors["user"] = "They are with another customer at that time."
    if errors:
        raise Invalid(errors)
    return starts_at, ends_at


def _is_early(slot: SlotOffer | Slot, quote: Quote) -> bool:
    zone = current_workspace().clock().zone
    agreed_on = quote.answered_at.astimezone(zone).date() if quote.state == "accepted" else today_here()
    return is_early(_day_of(slot), agreed_on)


def _day_of(slot: SlotOffer | Slot) -> date:
    return slot.starts_at.astimezone(current_workspace().clock().zone).date()


def _offered_to(lead_id: UUID) -> list[SlotOffer]:
    query = select(SlotOffer).where(SlotOffer.workspace_id == current_workspace_id(), SlotOffer.lead_id == lead_id)
    newest = query.order_by(SlotOffer.starts_at.desc()).limit(100).execution_options(populate_existing=True)
    return list(db.session.scalars(newest))


def _take_back_others(lead: Lead, taken: SlotOffer) -> None:
    db.session.execute(
        update(SlotOffer)
        .where(
            SlotOffer.workspace_id == lead.workspace_id, SlotOffer.lead_id == lead.id, SlotOffer.state == "offered",
            SlotOffer.id != taken.id,
        )
        .values(state="withdrawn", version=SlotOffer.version + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _tell_of_early_start(quote: Quote, actor: Actor) -> None:
    """What was asked for decides what a customer who cancels has to pay (reg. 36): it can be looked up by whom."""
    asked = "starts_before_cancellation_ends"
    publish(
        Event(
            "quote.early_start_asked", quote.workspace_id, actor, "quote", quote.id, lead_id=quote.lead_id,
            before={asked: False}, after={asked: True}, data={"number": quote.number},
        )
    )  # fmt: skip


def _told(slot: SlotOffer) -> dict[str, str]:
    zone = current_workspace().clock().zone
    return {"slot_id": str(slot.id), "when": span_words(slot.starts_at, slot.ends_at, zone)}
