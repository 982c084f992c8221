"""Sending a quote: from that moment it stands, and its customer has a link to it."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from flask import current_app

from app.activities.services import record_activity
from app.core import access_keys
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.money import format_money
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.leads.words import often
from app.messaging import services as messaging
from app.quotes.models import Quote
from app.quotes.queries import accepted_quote, get_quote, offered_rung, rung_words, standing, was_accepted_meanwhile
from app.quotes.services.drafting import replace_earlier
from app.quotes.services.expiring import plan_expiry
from app.workspaces.queries import today_here

#: How long after its last valid day a link still says what became of the quote; then it is unknown like any other.
LINK_KEPT = timedelta(days=90)
TEMPLATES = {"email": "quote_email", "sms": "quote_sms"}


def send_quote(
    quote_id: UUID, channel: str, actor: Actor, *, seen_version: int | None = None, despite: UUID | None = None
) -> Quote:
    """Send a draft, or an open quote once more, by `channel` (email or sms), all in the running transaction.

    A draft becomes the lead's one open quote: earlier open ones are replaced. The lead takes its price, unless the
    customer has accepted an earlier version: what they accepted stands until they accept another. `seen_version` is
    the version that the sender saw: Conflict when it has changed, so that a second click sends nothing. `despite` is
    the version that the sender knows was accepted since the draft was begun; Conflict for one that they don't know of.
    Raises Invalid for a channel that the contact can't be reached by and for a valid day that has passed, Conflict for
    a quote that was answered or replaced, NotFound.
    """
    lead = get_lead(get_quote(quote_id).lead_id, lock=True)
    quote = get_quote(quote_id, lock=True)
    if seen_version is not None and quote.version != seen_version:
        raise Conflict("This quote was changed or sent a moment ago. Look at it as it stands now.")
    if quote.revoked_at is not None:
        raise Conflict("Its link was withdrawn. Restore it, or renew the quote for a new link.")
    recipient = messaging.ways_to_reach(lead.contact).get(channel)
    if recipient is None:
        raise Invalid({"channel": "This customer can't be reached that way. Choose another."})
    before = {"price_minor": lead.price_minor, "frequency": lead.frequency}
    now_stands = standing(quote, today_here())
    if now_stands == "draft":
        _make_stand(quote, lead, despite)
    elif now_stands != "open":
        raise Conflict(f"Quote {quote.number} is {now_stands} and can't be sent again. Write a new one.")
    quote.sent_at, quote.sent_by = utcnow(), channel
    db.session.flush()
    _tell_customer(quote, lead, channel, recipient, actor)
    record_activity(
        lead, "quote", "quote.sent", actor, subject_id=quote.id, before=before,
        after={"price_minor": lead.price_minor, "frequency": lead.frequency},
        data={
            "quote_id": str(quote.id), "number": quote.number, "version_no": quote.version_no, "channel": channel,
            "valid_until": quote.valid_until.isoformat(),
            "rungs": [
                {"frequency": rung.frequency, "price_minor": rung.price_minor, "first_minor": rung.first_minor}
                for rung in quote.options
            ],
        },
    )  # fmt: skip
    return quote


def link_of(quote: Quote) -> str:
    """The customer's link. Raises ValueError for a quote that was never sent."""
    if quote.link_secret is None:
        raise ValueError("a quote that was not sent has no link")
    return f"{current_app.config['PUBLIC_URL']}/c/{quote.link_secret}"


def link_expiry(quote: Quote) -> datetime:
    """When the link stops opening anything."""
    return datetime.combine(quote.valid_until, time(), UTC) + LINK_KEPT


def _make_stand(quote: Quote, lead: Lead, despite: UUID | None) -> None:
    if quote.valid_until < today_here():
        raise Invalid({"valid_until": "Its last valid day has passed. Change it first."})
    accepted = accepted_quote(lead.id)
    if accepted is not None and accepted.id != despite and was_accepted_meanwhile(quote, accepted):
        raise Conflict(_accepted_words(accepted))
    replace_earlier(quote, ("sent",))
    quote.state = "sent"
    quote.link_secret = access_keys.new_secret()
    access_keys.register("quote", quote.link_secret, quote.workspace_id, quote.id, link_expiry(quote))
    if accepted is None:
        rung = offered_rung(quote, lead)
        lead.set_price(rung.price_minor, rung.frequency)
        lead.first_price_minor = rung.first_minor if rung.weeks else None
    lead.quote_valid_until = quote.valid_until
    lead.updated_at = utcnow()
    plan_expiry(quote)


def words_of_offer(quote: Quote, lead: Lead) -> dict[str, str]:
    """What a template says of an offer: its own price, also where the lead keeps one that was accepted before."""
    rung = offered_rung(quote, lead)
    price = format_money(rung.price_minor, quote.currency)
    return {"link": link_of(quote), "price": price, "frequency": often(rung.frequency)}


def _accepted_words(accepted: Quote) -> str:
    rung = next(option for option in accepted.options if option.id == accepted.accepted_option_id)
    return (
        f"{accepted.number} was accepted since you began this draft: {rung_words(rung, accepted.currency)}."
        " That stands until another version is accepted. Send this one anyway, if you mean to offer something else."
    )


def _tell_customer(quote: Quote, lead: Lead, channel: str, recipient: str, actor: Actor) -> None:
    key = TEMPLATES[channel]
    words = messaging.render_template(key, lead, **words_of_offer(quote, lead))
    messaging.compose(
        lead, channel, recipient=recipient, subject=words.subject, body=words.body, html=words.html,
        purpose="service", template_key=key, template_version_no=words.version_no,
        created_by=actor.user_id, actor=actor,
    )  # fmt: skip
