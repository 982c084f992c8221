"""What every page behind a customer's link needs: the way in, the firm's face, and how often one may ask.

The unguessable link is the whole authority: no cookie, no account, no CSRF token. Reading never changes anything, since
mail scanners read every link; only the POSTs do.
"""

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from app.core import access_keys, tenancy
from app.core.fragments import page
from app.core.tenancy import Scope
from app.extensions import db, limiter
from app.leads.models import Lead
from app.quotes.models import Quote
from app.workspaces.layout import firm_page, private

__all__ = ["READS", "WRITES", "firm_page", "lead_of_link", "open_link", "private"]

# A whole street may share a mobile network's address block; guessing 192 bits is hopeless at any rate.
READS = limiter.limit("120 per minute")
WRITES = limiter.limit("30 per minute; 300 per hour")


def open_link(secret: str, *, whole: bool = True) -> Quote:
    """The quote that a link opens, with its workspace entered; `whole` with its rungs and lines.

    Every link that opens nothing gets the same kind words (404); one that was taken back says whose it was (410).
    """
    found = access_keys.find("quote", secret)
    if found is None:
        abort(private(page("quotes/unknown.html", 404)))
    tenancy.enter(Scope(found.workspace_id, None, "all"))
    parts = (joinedload(Quote.options),) if whole else (lazyload(Quote.options), lazyload(Quote.lines))
    query = select(Quote).where(Quote.workspace_id == found.workspace_id, Quote.id == found.target_id)
    quote = db.session.scalars(query.options(*parts)).unique().one_or_none()
    if quote is None:  # it was deleted for good with its lead, long before its link would have ended
        abort(private(page("quotes/unknown.html", 404)))
    if quote.revoked_at is not None:
        abort(private(page("quotes/revoked.html", 410, **firm_page(), secret=None)))
    return quote


def lead_of_link(secret: str) -> Lead:
    """The lead behind a link, with its person and house."""
    quote = open_link(secret, whole=False)
    query = select(Lead).where(Lead.workspace_id == quote.workspace_id, Lead.id == quote.lead_id)
    return db.session.scalars(query.options(joinedload(Lead.contact), joinedload(Lead.property))).one()
