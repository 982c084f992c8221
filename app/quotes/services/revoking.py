"""Withdrawing a customer's link, such as one that was sent to the wrong person, and giving it back."""

from uuid import UUID

from app.activities.services import record_activity
from app.core import access_keys
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.permissions import Actor
from app.extensions import db
from app.leads.services import get_lead
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from app.quotes.services.sending import link_expiry


def revoke_link(quote_id: UUID, actor: Actor) -> Quote:
    """Let the link of a quote open nothing but a word that it was withdrawn. Raises Conflict for one without a link
    or withdrawn already, NotFound.
    """
    quote = _locked(quote_id)
    if quote.link_secret_sealed is None:
        raise Conflict("This quote was never sent, so it has no link.")
    if quote.revoked_at is not None:
        raise Conflict("This link has been withdrawn already.")
    quote.revoked_at = utcnow()
    return _told(quote, "quote.link_revoked", actor)


def restore_link(quote_id: UUID, actor: Actor) -> Quote:
    """Let a withdrawn link open its quote again. Raises Conflict for one that is not withdrawn, NotFound."""
    quote = _locked(quote_id)
    if quote.revoked_at is None:
        raise Conflict("This link works already.")
    quote.revoked_at = None
    return _told(quote, "quote.link_restored", actor)


def give_another_link(quote: Quote) -> None:
    """Another link in place of one that was withdrawn: who has that one must not read what is agreed now."""
    access_keys.revoke("quote", quote.workspace_id, quote.id)
    quote.link_secret, quote.revoked_at = access_keys.new_secret(), None
    access_keys.register("quote", quote.link_secret, quote.workspace_id, quote.id, link_expiry(quote))


def _locked(quote_id: UUID) -> Quote:
    get_lead(get_quote(quote_id).lead_id, lock=True)
    return get_quote(quote_id, lock=True)


def _told(quote: Quote, event: str, actor: Actor) -> Quote:
    db.session.flush()
    record_activity(
        get_lead(quote.lead_id), "quote", event, actor, subject_id=quote.id,
        data={"quote_id": str(quote.id), "number": quote.number},
    )  # fmt: skip
    return quote
