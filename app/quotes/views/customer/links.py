"""What every page behind a customer's link needs: the way in, the firm's face, and how often one may ask.

The unguessable link is the whole authority: no cookie, no account, no CSRF token. Reading never changes anything, since
mail scanners read every link; only the POSTs do.
"""

from flask import abort

from app.core import access_keys, tenancy
from app.core.fragments import page
from app.core.tenancy import Scope
from app.extensions import limiter
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from app.workspaces.layout import firm_page, private

__all__ = ["READS", "WRITES", "firm_page", "open_link", "private"]

# A whole street may share a mobile network's address block; guessing 192 bits is hopeless at any rate.
READS = limiter.limit("120 per minute")
WRITES = limiter.limit("30 per minute; 300 per hour")


def open_link(secret: str) -> Quote:
    """The quote that a link opens, with its workspace entered.

    Every link that opens nothing gets the same kind words (404); one that was taken back says whose it was (410).
    """
    found = access_keys.find("quote", secret)
    if found is None:
        abort(private(page("quotes/unknown.html", 404)))
    tenancy.enter(Scope(found.workspace_id, None, "all"))
    quote = get_quote(found.target_id)
    if quote.revoked_at is not None:
        abort(private(page("quotes/revoked.html", 410, **firm_page(), secret=None)))
    return quote
