"""What the customer does with a quote. Each act may come twice and counts once.

The lead's row is locked before the quote's, everywhere in this feature, so that two answers at once queue up: the first
wins and the second finds the quote answered.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from app.activities.models import Activity
from app.activities.services import record_activity
from app.core import access_keys
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.extensions import db
from app.followups import services as followups
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.services.receiving import take_in_question
from app.quotes.models import Quote, QuoteOption
from app.quotes.queries import accepted_quote, get_quote, standing
from app.quotes.services.confirming import confirm
from app.quotes.services.drafting import replace_earlier
from app.quotes.services.revoking import give_another_link
from app.workspaces.queries import current_workspace, today_here

DECLINE_REASONS = {
    "too_expensive": "It costs more than I want to pay",
    "someone_else": "I have found someone else",
    "not_now": "Not now, perhaps later",
    "not_needed": "I no longer need it",
    "other": "Something else",
}
LONGEST_NAME = 120
LONGEST_WORDS = 2_000
#: A page that is reloaded, or left and come back to, within this time was opened once.
ONE_VISIT = timedelta(minutes=10)
#: The same question within this time is a second tap, not a second question.
SAME_QUESTION = timedelta(minutes=10)
#: The customer may come back to what they agreed to for this long.
AGREEMENT_KEPT = timedelta(days=400)


def accept(quote: Quote, option_id: UUID | None, name: str, early_start: bool, actor: Actor) -> Quote:
    """The customer takes one rung; the lead takes its price and rhythm.

    `early_start`: they ask for work inside their 14 days to cancel (Consumer Contracts Regulations 2013, reg. 36).
    A quote that is already accepted is returned unchanged, whichever rung is asked for. One whose link was withdrawn
    gets another with a yes that a colleague heard. Raises Conflict when it can't be accepted any more, Invalid for a
    missing name or a rung that is not offered.
    """
    lead, quote = _locked(quote)
    if quote.state == "accepted":
        return quote
    _must_be_open(quote, actor)
    rung = _chosen(quote, option_id, name)
    replace_earlier(quote, ("accepted",))
    if quote.revoked_at is not None:
        give_another_link(quote)
    now = utcnow()
    quote.state, quote.answered_at, quote.accepted_option_id = "accepted", now, rung.id
    quote.accepted_name, quote.starts_before_cancellation_ends = name.strip(), early_start
    before = {"price_minor": lead.price_minor, "frequency": lead.frequency}
    lead.set_price(rung.price_minor, rung.frequency)
    lead.first_price_minor = rung.first_minor if rung.weeks else None
    lead.updated_at = now
    access_keys.extend("quote", quote.workspace_id, quote.id, now + AGREEMENT_KEPT)
    db.session.flush()
    record_activity(
        lead, "quote", "quote.accepted", actor, at=now, subject_id=quote.id, before=before,
        after={"price_minor": rung.price_minor, "frequency": rung.frequency, "accepted_name": quote.accepted_name,
               "starts_before_cancellation_ends": early_start},
        data={"quote_id": str(quote.id), "number": quote.number, "option_id": str(rung.id),
              "frequency": rung.frequency, "price_minor": rung.price_minor,
              "first_clean_minor": lead.first_price_minor, "early_start": early_start},
    )  # fmt: skip
    confirm(quote, lead)
    return quote


def decline(quote: Quote, reason: str, words: str, actor: Actor) -> Quote:
    """The customer says no, and why if they like (a key of DECLINE_REASONS, and words; both may be "").

    That is no to this version alone: one that they accepted before stands, and its lead is not lost.
    A quote that is already declined is returned unchanged. Raises Conflict when it can't be declined any more, Invalid.
    """
    lead, quote = _locked(quote)
    if quote.state == "declined":
        return quote
    _must_be_open(quote, actor)
    errors = {}
    if reason and reason not in DECLINE_REASONS:
        errors["reason"] = "Choose the reason that comes nearest."
    if len(words) > LONGEST_WORDS:
        errors["words"] = f"Please keep it under {LONGEST_WORDS:,} characters."
    if errors:
        raise Invalid(errors)
    now = utcnow()
    quote.state, quote.answered_at = "declined", now
    quote.decline_reason, quote.decline_words = reason or None, access_keys.without_keys(words.strip()) or None
    accepted = accepted_quote(lead.id)
    lead.updated_at = now
    db.session.flush()
    stands = {"stands": accepted.number} if accepted else {}
    record_activity(
        lead, "quote", "quote.declined", actor, at=now, subject_id=quote.id, body=quote.decline_words,
        is_customer_visible=True,
        data={"quote_id": str(quote.id), "number": quote.number, "reason": reason, **stands},
    )  # fmt: skip
    return quote


def ask(quote: Quote, words: str, actor: Actor) -> None:
    """The customer asks something: it stands in the timeline and in the inbox, and someone is to answer. Raises
    Invalid.
    """
    words = words.strip()
    if not words:
        raise Invalid({"words": "Write your question first."})
    if len(words) > LONGEST_WORDS:
        raise Invalid({"words": f"Please keep it under {LONGEST_WORDS:,} characters."})
    lead, quote = _locked(quote)
    told = access_keys.without_keys(words)  # people read it who must not act in the customer's place
    if _was_just_asked(lead, told):
        return
    record_activity(
        lead, "enquiry", "quote.question_asked", actor, body=told, subject_id=quote.id, is_customer_visible=True,
        data={"quote_id": str(quote.id), "number": quote.number},
    )  # fmt: skip
    take_in_question(lead, words, f"Question about {quote.number}")
    due_at = current_workspace().clock().next_open(utcnow())
    followups.plan_answer(lead, quote.number, due_at, actor)


def note_opened(quote: Quote, actor: Actor) -> bool:
    """The customer looked at the quote. One visit counts once; returns whether it did."""
    now = utcnow()
    counted = db.session.execute(
        update(Quote)
        .where(
            Quote.workspace_id == quote.workspace_id,
            Quote.id == quote.id,
            Quote.state == "sent",
            or_(Quote.opened_at.is_(None), Quote.opened_at < now - ONE_VISIT),
        )
        .values(opened_at=now, open_count=Quote.open_count + 1)
        .returning(Quote.open_count)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if counted is None:
        return False
    record_activity(
        get_lead(quote.lead_id), "quote", "quote.opened", actor, at=now, subject_id=quote.id,
        data={"quote_id": str(quote.id), "number": quote.number, "times": counted},
    )  # fmt: skip
    return True


def _locked(quote: Quote) -> tuple[Lead, Quote]:
    return get_lead(quote.lead_id, lock=True), get_quote(quote.id, lock=True)


def _must_be_open(quote: Quote, actor: Actor) -> None:
    now_stands = standing(quote, today_here())
    if now_stands != "open" or (quote.revoked_at is not None and actor.kind == "customer"):
        raise Conflict(f"Quote {quote.number} can't be answered any more.", standing=now_stands)


def _chosen(quote: Quote, option_id: UUID | None, name: str) -> QuoteOption:
    errors = {}
    rung = next((option for option in quote.options if option.id == option_id), None)
    if rung is None:
        errors["option"] = "Choose how often we shall come."
    if not name.strip():
        errors["name"] = "Enter your name to accept."
    elif len(name.strip()) > LONGEST_NAME:
        errors["name"] = f"Please keep the name under {LONGEST_NAME} characters."
    if errors or rung is None:
        raise Invalid(errors)
    return rung


def _was_just_asked(lead: Lead, words: str) -> bool:
    recent = db.session.scalars(
        select(Activity)
        .where(
            Activity.workspace_id == lead.workspace_id,
            Activity.lead_id == lead.id,
            Activity.at > utcnow() - SAME_QUESTION,
            Activity.event == "quote.question_asked",
        )
        .limit(20)
    )
    return any(activity.body == words for activity in recent)
